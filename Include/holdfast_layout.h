/*
 * holdfast_layout.h - the records of holdfast.h are the same on every compiler.
 *
 * Included by it; written by `make golden`.
 */
#define HF_LAYOUT(type, size, fields) \
    typedef char type##_has_its_layout[(sizeof(type) == (size) && (fields)) ? 1 : -1]
#define HF_AT(type, field, at) offsetof(type, field) == (at)
HF_LAYOUT(hf_record_head, 32, HF_AT(hf_record_head, version, 2) && HF_AT(hf_record_head, size, 4) &&
    HF_AT(hf_record_head, sequence, 8) && HF_AT(hf_record_head, time, 16) && HF_AT(hf_record_head, part,
    24) && HF_AT(hf_record_head, parts, 26) && HF_AT(hf_record_head, check, 28));
HF_LAYOUT(hf_command_id, 16, HF_AT(hf_command_id, count, 8) && HF_AT(hf_command_id, epoch, 12));
HF_LAYOUT(hf_symbol, 200, HF_AT(hf_symbol, broker_name, 32) && HF_AT(hf_symbol, profit_currency, 64) &&
    HF_AT(hf_symbol, base_currency, 72) && HF_AT(hf_symbol, tick_size, 80) && HF_AT(hf_symbol,
    tick_value, 88) && HF_AT(hf_symbol, contract, 96) && HF_AT(hf_symbol, volume_min, 104) &&
    HF_AT(hf_symbol, volume_max, 112) && HF_AT(hf_symbol, volume_step, 120) && HF_AT(hf_symbol,
    stops_level, 128) && HF_AT(hf_symbol, freeze_level, 136) && HF_AT(hf_symbol, max_spread, 144) &&
    HF_AT(hf_symbol, spread_grace, 152) && HF_AT(hf_symbol, confirm, 160) && HF_AT(hf_symbol,
    stale_after, 168) && HF_AT(hf_symbol, confirm_ticks, 176) && HF_AT(hf_symbol, late_ticks, 180) &&
    HF_AT(hf_symbol, digits, 184) && HF_AT(hf_symbol, present, 188) && HF_AT(hf_symbol, trigger, 192) &&
    HF_AT(hf_symbol, source, 193) && HF_AT(hf_symbol, trust_crossed, 194) && HF_AT(hf_symbol, reserved,
    195));
HF_LAYOUT(hf_account, 136, HF_AT(hf_account, executor, 8) && HF_AT(hf_account, currency, 16) &&
    HF_AT(hf_account, balance, 24) && HF_AT(hf_account, initial, 32) && HF_AT(hf_account, leverage, 40)
    && HF_AT(hf_account, max_volume, 48) && HF_AT(hf_account, max_exposure, 56) && HF_AT(hf_account,
    protect_sl, 64) && HF_AT(hf_account, protect_tp, 72) && HF_AT(hf_account, protect_trailing, 80) &&
    HF_AT(hf_account, sync_every, 88) && HF_AT(hf_account, sync_late, 96) && HF_AT(hf_account, margin,
    104) && HF_AT(hf_account, max_positions, 112) && HF_AT(hf_account, suspect_syncs, 116) &&
    HF_AT(hf_account, digits, 120) && HF_AT(hf_account, present, 124) && HF_AT(hf_account, mode, 128) &&
    HF_AT(hf_account, observe, 129) && HF_AT(hf_account, reserved, 130));
HF_LAYOUT(hf_rate, 32, HF_AT(hf_rate, quote, 8) && HF_AT(hf_rate, bid, 16) && HF_AT(hf_rate, ask, 24));
HF_LAYOUT(hf_open, 248, HF_AT(hf_open, account, 8) && HF_AT(hf_open, strategy, 16) && HF_AT(hf_open,
    ticket, 24) && HF_AT(hf_open, magic, 32) && HF_AT(hf_open, volume, 40) && HF_AT(hf_open, price, 48)
    && HF_AT(hf_open, sl, 56) && HF_AT(hf_open, tp, 64) && HF_AT(hf_open, disaster_sl, 72) &&
    HF_AT(hf_open, disaster_distance, 80) && HF_AT(hf_open, disaster_step, 88) && HF_AT(hf_open,
    commission, 96) && HF_AT(hf_open, swap, 104) && HF_AT(hf_open, interval, 112) && HF_AT(hf_open, time,
    120) && HF_AT(hf_open, symbol, 128) && HF_AT(hf_open, flags, 132) && HF_AT(hf_open, side, 136) &&
    HF_AT(hf_open, reserved, 137) && HF_AT(hf_open, tag, 144) && HF_AT(hf_open, client_id, 176) &&
    HF_AT(hf_open, by, 216));
HF_LAYOUT(hf_fill, 96, HF_AT(hf_fill, position, 8) && HF_AT(hf_fill, deal, 16) && HF_AT(hf_fill, order,
    24) && HF_AT(hf_fill, ticket, 32) && HF_AT(hf_fill, volume, 40) && HF_AT(hf_fill, price, 48) &&
    HF_AT(hf_fill, commission, 56) && HF_AT(hf_fill, swap, 64) && HF_AT(hf_fill, fee, 72) &&
    HF_AT(hf_fill, symbol, 80) && HF_AT(hf_fill, present, 84) && HF_AT(hf_fill, side, 88) &&
    HF_AT(hf_fill, reserved, 89));
HF_LAYOUT(hf_modify, 80, HF_AT(hf_modify, sl, 8) && HF_AT(hf_modify, tp, 16) && HF_AT(hf_modify,
    disaster_sl, 24) && HF_AT(hf_modify, disaster_distance, 32) && HF_AT(hf_modify, change_sl, 40) &&
    HF_AT(hf_modify, change_tp, 41) && HF_AT(hf_modify, change_disaster_sl, 42) && HF_AT(hf_modify,
    change_disaster_distance, 43) && HF_AT(hf_modify, allow_immediate, 44) && HF_AT(hf_modify, reason,
    45) && HF_AT(hf_modify, reserved, 46) && HF_AT(hf_modify, by, 48));
HF_LAYOUT(hf_roi_row, 16, HF_AT(hf_roi_row, profit, 8));
HF_LAYOUT(hf_rule, 544, HF_AT(hf_rule, scope_id, 8) && HF_AT(hf_rule, present, 16) && HF_AT(hf_rule,
    distance, 24) && HF_AT(hf_rule, percent, 32) && HF_AT(hf_rule, atr, 40) && HF_AT(hf_rule, interval,
    48) && HF_AT(hf_rule, activation, 56) && HF_AT(hf_rule, step, 64) && HF_AT(hf_rule, step_percent, 72)
    && HF_AT(hf_rule, second_profit, 80) && HF_AT(hf_rule, second_distance, 88) && HF_AT(hf_rule,
    second_percent, 96) && HF_AT(hf_rule, trigger, 104) && HF_AT(hf_rule, trigger_percent, 112) &&
    HF_AT(hf_rule, offset, 120) && HF_AT(hf_rule, offset_percent, 128) && HF_AT(hf_rule, profit_percent,
    136) && HF_AT(hf_rule, profit_distance, 144) && HF_AT(hf_rule, min_age, 152) && HF_AT(hf_rule,
    fraction, 160) && HF_AT(hf_rule, momentum_percent, 168) && HF_AT(hf_rule, volume_ratio, 176) &&
    HF_AT(hf_rule, age, 184) && HF_AT(hf_rule, at, 192) && HF_AT(hf_rule, low, 200) && HF_AT(hf_rule,
    high, 208) && HF_AT(hf_rule, factor, 216) && HF_AT(hf_rule, roi, 224) && HF_AT(hf_rule, roi_count,
    480) && HF_AT(hf_rule, atr_period, 484) && HF_AT(hf_rule, over, 488) && HF_AT(hf_rule, volume_over,
    492) && HF_AT(hf_rule, times, 496) && HF_AT(hf_rule, kind, 500) && HF_AT(hf_rule, scope, 501) &&
    HF_AT(hf_rule, remove, 502) && HF_AT(hf_rule, of, 503) && HF_AT(hf_rule, remainder, 504) &&
    HF_AT(hf_rule, time_action, 505) && HF_AT(hf_rule, preset, 506) && HF_AT(hf_rule, cover_costs, 507)
    && HF_AT(hf_rule, reserved, 508) && HF_AT(hf_rule, by, 512));
HF_LAYOUT(hf_guard, 40, HF_AT(hf_guard, account, 8) && HF_AT(hf_guard, limit, 16) && HF_AT(hf_guard,
    buffer, 24) && HF_AT(hf_guard, basis, 32) && HF_AT(hf_guard, unit, 33) && HF_AT(hf_guard, kind, 34)
    && HF_AT(hf_guard, action, 35) && HF_AT(hf_guard, resume, 36) && HF_AT(hf_guard, remove, 37) &&
    HF_AT(hf_guard, reserved, 38));
HF_LAYOUT(hf_release, 40, HF_AT(hf_release, by, 8));
HF_LAYOUT(hf_roll, 8, 1);
HF_LAYOUT(hf_deposit, 16, HF_AT(hf_deposit, amount, 8));
HF_LAYOUT(hf_tick, 64, HF_AT(hf_tick, flags, 4) && HF_AT(hf_tick, time, 8) && HF_AT(hf_tick, quote_time,
    16) && HF_AT(hf_tick, bid, 24) && HF_AT(hf_tick, ask, 32) && HF_AT(hf_tick, last, 40) &&
    HF_AT(hf_tick, volume, 48) && HF_AT(hf_tick, reserved, 56));
HF_LAYOUT(hf_bar, 96, HF_AT(hf_bar, bid, 8) && HF_AT(hf_bar, ask, 40) && HF_AT(hf_bar, spread, 72) &&
    HF_AT(hf_bar, volume, 80) && HF_AT(hf_bar, symbol, 88) && HF_AT(hf_bar, reserved, 92));
HF_LAYOUT(hf_candle, 64, HF_AT(hf_candle, interval, 8) && HF_AT(hf_candle, open, 16) && HF_AT(hf_candle,
    high, 24) && HF_AT(hf_candle, low, 32) && HF_AT(hf_candle, close, 40) && HF_AT(hf_candle, volume, 48)
    && HF_AT(hf_candle, symbol, 56) && HF_AT(hf_candle, reserved, 60));
HF_LAYOUT(hf_filter, 88, HF_AT(hf_filter, account, 8) && HF_AT(hf_filter, strategy, 16) &&
    HF_AT(hf_filter, older_than, 24) && HF_AT(hf_filter, newer_than, 32) && HF_AT(hf_filter, symbol, 40)
    && HF_AT(hf_filter, present, 44) && HF_AT(hf_filter, states, 48) && HF_AT(hf_filter, side, 52) &&
    HF_AT(hf_filter, sort, 53) && HF_AT(hf_filter, reserved, 54) && HF_AT(hf_filter, tag, 56));
HF_LAYOUT(hf_close, 144, HF_AT(hf_close, volume, 88) && HF_AT(hf_close, fraction, 96) && HF_AT(hf_close,
    reason, 104) && HF_AT(hf_close, dry_run, 105) && HF_AT(hf_close, reserved, 106) && HF_AT(hf_close,
    by, 112));
HF_LAYOUT(hf_close_result, 40, HF_AT(hf_close_result, volume, 8) && HF_AT(hf_close_result, command, 16)
    && HF_AT(hf_close_result, status, 32) && HF_AT(hf_close_result, reserved, 36));
HF_LAYOUT(hf_cancel, 48, HF_AT(hf_cancel, reason, 8) && HF_AT(hf_cancel, reserved, 9) && HF_AT(hf_cancel,
    by, 16));
HF_LAYOUT(hf_close_by, 56, HF_AT(hf_close_by, with, 8) && HF_AT(hf_close_by, reason, 16) &&
    HF_AT(hf_close_by, reserved, 17) && HF_AT(hf_close_by, by, 24));
HF_LAYOUT(hf_command, 336, HF_AT(hf_command, parent, 16) && HF_AT(hf_command, position, 32) &&
    HF_AT(hf_command, account, 40) && HF_AT(hf_command, executor, 48) && HF_AT(hf_command, ticket, 56) &&
    HF_AT(hf_command, with_ticket, 64) && HF_AT(hf_command, magic, 72) && HF_AT(hf_command, volume, 80)
    && HF_AT(hf_command, executed, 88) && HF_AT(hf_command, price, 96) && HF_AT(hf_command, level, 104)
    && HF_AT(hf_command, sl, 112) && HF_AT(hf_command, tp, 120) && HF_AT(hf_command, trigger_price, 128)
    && HF_AT(hf_command, created, 136) && HF_AT(hf_command, sent, 144) && HF_AT(hf_command, deadline,
    152) && HF_AT(hf_command, act_before, 160) && HF_AT(hf_command, symbol, 168) && HF_AT(hf_command,
    deviation, 172) && HF_AT(hf_command, attempt, 176) && HF_AT(hf_command, retcode, 180) &&
    HF_AT(hf_command, flags, 184) && HF_AT(hf_command, action, 188) && HF_AT(hf_command, state, 189) &&
    HF_AT(hf_command, reason, 190) && HF_AT(hf_command, priority, 191) && HF_AT(hf_command, lane, 192) &&
    HF_AT(hf_command, side, 193) && HF_AT(hf_command, fill_mode, 194) && HF_AT(hf_command, reserved, 195)
    && HF_AT(hf_command, symbol_name, 200) && HF_AT(hf_command, client_id, 232) && HF_AT(hf_command, tag,
    272) && HF_AT(hf_command, reserved_tail, 304));
HF_LAYOUT(hf_ack, 112, HF_AT(hf_ack, position, 16) && HF_AT(hf_ack, deal, 24) && HF_AT(hf_ack, order, 32)
    && HF_AT(hf_ack, ticket, 40) && HF_AT(hf_ack, volume, 48) && HF_AT(hf_ack, price, 56) &&
    HF_AT(hf_ack, profit, 64) && HF_AT(hf_ack, commission, 72) && HF_AT(hf_ack, swap, 80) &&
    HF_AT(hf_ack, fee, 88) && HF_AT(hf_ack, retcode, 96) && HF_AT(hf_ack, present, 100) && HF_AT(hf_ack,
    query, 104) && HF_AT(hf_ack, answer, 105) && HF_AT(hf_ack, reserved, 106));
HF_LAYOUT(hf_deal, 120, HF_AT(hf_deal, position, 8) && HF_AT(hf_deal, ticket, 16) && HF_AT(hf_deal, deal,
    24) && HF_AT(hf_deal, order, 32) && HF_AT(hf_deal, command, 40) && HF_AT(hf_deal, volume, 56) &&
    HF_AT(hf_deal, price, 64) && HF_AT(hf_deal, profit, 72) && HF_AT(hf_deal, commission, 80) &&
    HF_AT(hf_deal, swap, 88) && HF_AT(hf_deal, fee, 96) && HF_AT(hf_deal, time, 104) && HF_AT(hf_deal,
    present, 112) && HF_AT(hf_deal, reason, 116) && HF_AT(hf_deal, reserved, 117));
HF_LAYOUT(hf_broker_position, 144, HF_AT(hf_broker_position, ticket, 8) && HF_AT(hf_broker_position,
    volume, 16) && HF_AT(hf_broker_position, price, 24) && HF_AT(hf_broker_position, sl, 32) &&
    HF_AT(hf_broker_position, tp, 40) && HF_AT(hf_broker_position, swap, 48) && HF_AT(hf_broker_position,
    commission, 56) && HF_AT(hf_broker_position, profit, 64) && HF_AT(hf_broker_position, magic, 72) &&
    HF_AT(hf_broker_position, time, 80) && HF_AT(hf_broker_position, symbol, 88) &&
    HF_AT(hf_broker_position, present, 92) && HF_AT(hf_broker_position, side, 96) &&
    HF_AT(hf_broker_position, reserved, 97) && HF_AT(hf_broker_position, client_id, 104));
HF_LAYOUT(hf_reconcile, 72, HF_AT(hf_reconcile, asked_at, 8) && HF_AT(hf_reconcile, balance, 16) &&
    HF_AT(hf_reconcile, equity, 24) && HF_AT(hf_reconcile, margin, 32) && HF_AT(hf_reconcile, command,
    40) && HF_AT(hf_reconcile, positions, 56) && HF_AT(hf_reconcile, deals, 60) && HF_AT(hf_reconcile,
    present, 64) && HF_AT(hf_reconcile, failed, 68) && HF_AT(hf_reconcile, piece, 69) &&
    HF_AT(hf_reconcile, reserved, 70));
HF_LAYOUT(hf_sync_report, 40, HF_AT(hf_sync_report, adopted, 4) && HF_AT(hf_sync_report, removed, 8) &&
    HF_AT(hf_sync_report, fixed, 12) && HF_AT(hf_sync_report, suspect, 16) && HF_AT(hf_sync_report,
    skipped, 20) && HF_AT(hf_sync_report, stale, 24) && HF_AT(hf_sync_report, ignored, 28) &&
    HF_AT(hf_sync_report, deals, 32) && HF_AT(hf_sync_report, differences, 36));
HF_LAYOUT(hf_difference, 40, HF_AT(hf_difference, ticket, 8) && HF_AT(hf_difference, ours, 16) &&
    HF_AT(hf_difference, theirs, 24) && HF_AT(hf_difference, symbol, 32) && HF_AT(hf_difference, what,
    36) && HF_AT(hf_difference, applied, 37) && HF_AT(hf_difference, reserved, 38));
HF_LAYOUT(hf_sync_status, 152, HF_AT(hf_sync_status, asked_at, 8) && HF_AT(hf_sync_status, applied_at,
    16) && HF_AT(hf_sync_status, next_at, 24) && HF_AT(hf_sync_status, late_at, 32) &&
    HF_AT(hf_sync_status, snapshots, 40) && HF_AT(hf_sync_status, failed, 48) && HF_AT(hf_sync_status,
    ignored, 56) && HF_AT(hf_sync_status, compared, 64) && HF_AT(hf_sync_status, agreed, 72) &&
    HF_AT(hf_sync_status, adopted, 80) && HF_AT(hf_sync_status, removed, 88) && HF_AT(hf_sync_status,
    fixed, 96) && HF_AT(hf_sync_status, suspected, 104) && HF_AT(hf_sync_status, skipped, 112) &&
    HF_AT(hf_sync_status, accuracy, 120) && HF_AT(hf_sync_status, command, 128) && HF_AT(hf_sync_status,
    stale, 144) && HF_AT(hf_sync_status, reserved, 145));
HF_LAYOUT(hf_decision, 608, HF_AT(hf_decision, review, 8) && HF_AT(hf_decision, confidence, 16) &&
    HF_AT(hf_decision, new_stop_loss, 24) && HF_AT(hf_decision, new_take_profit, 32) &&
    HF_AT(hf_decision, reduce, 40) && HF_AT(hf_decision, reduce_fraction, 48) && HF_AT(hf_decision,
    action, 56) && HF_AT(hf_decision, reserved, 57) && HF_AT(hf_decision, by, 64) && HF_AT(hf_decision,
    reasoning, 96) && HF_AT(hf_decision, details, 352));
HF_LAYOUT(hf_state, 48, HF_AT(hf_state, to, 8) && HF_AT(hf_state, reserved, 9) && HF_AT(hf_state, by,
    16));
HF_LAYOUT(hf_emergency_stop, 40, HF_AT(hf_emergency_stop, by, 8));
HF_LAYOUT(hf_executor, 40, HF_AT(hf_executor, rate, 8) && HF_AT(hf_executor, heartbeat_late, 16) &&
    HF_AT(hf_executor, capabilities, 24) && HF_AT(hf_executor, in_flight_max, 28) && HF_AT(hf_executor,
    up, 32) && HF_AT(hf_executor, reserved, 33));
HF_LAYOUT(hf_executor_view, 72, HF_AT(hf_executor_view, seen, 40) && HF_AT(hf_executor_view, epoch, 48)
    && HF_AT(hf_executor_view, in_flight, 52) && HF_AT(hf_executor_view, unanswered, 56) &&
    HF_AT(hf_executor_view, waiting, 60) && HF_AT(hf_executor_view, silent, 64) &&
    HF_AT(hf_executor_view, slow, 65) && HF_AT(hf_executor_view, reserved, 66));
HF_LAYOUT(hf_take, 24, HF_AT(hf_take, epoch, 8) && HF_AT(hf_take, max, 12) && HF_AT(hf_take, given, 16)
    && HF_AT(hf_take, reserved, 20));
HF_LAYOUT(hf_hash, 8, 1);
HF_LAYOUT(hf_position, 440, HF_AT(hf_position, account, 8) && HF_AT(hf_position, executor, 16) &&
    HF_AT(hf_position, strategy, 24) && HF_AT(hf_position, ticket, 32) && HF_AT(hf_position,
    flipped_from, 40) && HF_AT(hf_position, magic, 48) && HF_AT(hf_position, volume, 56) &&
    HF_AT(hf_position, volume_initial, 64) && HF_AT(hf_position, open_price, 72) && HF_AT(hf_position,
    average, 80) && HF_AT(hf_position, sl, 88) && HF_AT(hf_position, tp, 96) && HF_AT(hf_position,
    sl_first, 104) && HF_AT(hf_position, disaster_sl, 112) && HF_AT(hf_position, disaster_distance, 120)
    && HF_AT(hf_position, trailing_distance, 128) && HF_AT(hf_position, mae, 136) && HF_AT(hf_position,
    mae_time, 144) && HF_AT(hf_position, mfe, 152) && HF_AT(hf_position, mfe_time, 160) &&
    HF_AT(hf_position, profit, 168) && HF_AT(hf_position, realised, 176) && HF_AT(hf_position,
    commission, 184) && HF_AT(hf_position, swap, 192) && HF_AT(hf_position, fee, 200) &&
    HF_AT(hf_position, net, 208) && HF_AT(hf_position, opened, 216) && HF_AT(hf_position, closed, 224) &&
    HF_AT(hf_position, close_price, 232) && HF_AT(hf_position, slippage, 240) && HF_AT(hf_position,
    slippage_level, 248) && HF_AT(hf_position, interval, 256) && HF_AT(hf_position, intent_volume, 264)
    && HF_AT(hf_position, command, 272) && HF_AT(hf_position, symbol, 288) && HF_AT(hf_position, known,
    292) && HF_AT(hf_position, side, 296) && HF_AT(hf_position, state, 297) && HF_AT(hf_position, set_by,
    298) && HF_AT(hf_position, reason, 299) && HF_AT(hf_position, escalated_from, 300) &&
    HF_AT(hf_position, blind, 301) && HF_AT(hf_position, reserved, 302) && HF_AT(hf_position, tag, 304)
    && HF_AT(hf_position, client_id, 336) && HF_AT(hf_position, review, 376) && HF_AT(hf_position,
    r_multiple, 384) && HF_AT(hf_position, profit_percent, 392) && HF_AT(hf_position, exit_average, 400)
    && HF_AT(hf_position, slippage_entry, 408) && HF_AT(hf_position, disaster_placed, 416) &&
    HF_AT(hf_position, reserved_tail, 424));
HF_LAYOUT(hf_event, 288, HF_AT(hf_event, sequence, 8) && HF_AT(hf_event, time, 16) && HF_AT(hf_event,
    account, 24) && HF_AT(hf_event, position, 32) && HF_AT(hf_event, command, 40) && HF_AT(hf_event,
    parent, 56) && HF_AT(hf_event, volume, 72) && HF_AT(hf_event, price, 80) && HF_AT(hf_event, level,
    88) && HF_AT(hf_event, old_value, 96) && HF_AT(hf_event, new_value, 104) && HF_AT(hf_event, profit,
    112) && HF_AT(hf_event, commission, 120) && HF_AT(hf_event, swap, 128) && HF_AT(hf_event, fee, 136)
    && HF_AT(hf_event, net, 144) && HF_AT(hf_event, slippage, 152) && HF_AT(hf_event, slippage_level,
    160) && HF_AT(hf_event, symbol, 168) && HF_AT(hf_event, attempt, 172) && HF_AT(hf_event, retcode,
    176) && HF_AT(hf_event, status, 180) && HF_AT(hf_event, known, 184) && HF_AT(hf_event, kind, 188) &&
    HF_AT(hf_event, what, 190) && HF_AT(hf_event, reason, 191) && HF_AT(hf_event, escalated_from, 192) &&
    HF_AT(hf_event, state, 193) && HF_AT(hf_event, action, 194) && HF_AT(hf_event, side, 195) &&
    HF_AT(hf_event, counts, 196) && HF_AT(hf_event, by, 224) && HF_AT(hf_event, rule, 256) &&
    HF_AT(hf_event, guard, 264) && HF_AT(hf_event, review, 272) && HF_AT(hf_event, reserved_tail, 280));
HF_LAYOUT(hf_ticks_report, 16, HF_AT(hf_ticks_report, refused, 4) && HF_AT(hf_ticks_report, first_status,
    8) && HF_AT(hf_ticks_report, first_refused, 12));
HF_LAYOUT(hf_outcome, 24, HF_AT(hf_outcome, symbol, 4) && HF_AT(hf_outcome, position, 8) &&
    HF_AT(hf_outcome, count, 16) && HF_AT(hf_outcome, refused, 20));
HF_LAYOUT(hf_cursor, 32, HF_AT(hf_cursor, sequence_start, 16) && HF_AT(hf_cursor, sequence_end, 24));
HF_LAYOUT(hf_account_view, 232, HF_AT(hf_account_view, positions, 136) && HF_AT(hf_account_view,
    executor_epoch, 144) && HF_AT(hf_account_view, equity, 152) && HF_AT(hf_account_view, floating, 160)
    && HF_AT(hf_account_view, margin, 168) && HF_AT(hf_account_view, synced_at, 176) &&
    HF_AT(hf_account_view, state, 184) && HF_AT(hf_account_view, known, 188) && HF_AT(hf_account_view,
    stale, 192) && HF_AT(hf_account_view, reserved, 193) && HF_AT(hf_account_view, exposure, 200) &&
    HF_AT(hf_account_view, costs, 208) && HF_AT(hf_account_view, reserved_tail, 216));
HF_LAYOUT(hf_summary, 120, HF_AT(hf_summary, strategy, 8) && HF_AT(hf_summary, count, 16) &&
    HF_AT(hf_summary, profitable, 24) && HF_AT(hf_summary, losing, 32) && HF_AT(hf_summary, unknown, 40)
    && HF_AT(hf_summary, volume_long, 48) && HF_AT(hf_summary, volume_short, 56) && HF_AT(hf_summary,
    exposure, 64) && HF_AT(hf_summary, floating, 72) && HF_AT(hf_summary, net, 80) && HF_AT(hf_summary,
    sequence_start, 88) && HF_AT(hf_summary, sequence_end, 96) && HF_AT(hf_summary, symbol, 104) &&
    HF_AT(hf_summary, known, 108) && HF_AT(hf_summary, side, 112) && HF_AT(hf_summary, reserved, 113));
HF_LAYOUT(hf_performance, 208, HF_AT(hf_performance, strategy, 8) && HF_AT(hf_performance, count, 16) &&
    HF_AT(hf_performance, wins, 24) && HF_AT(hf_performance, losses, 32) && HF_AT(hf_performance,
    unknown, 40) && HF_AT(hf_performance, net, 48) && HF_AT(hf_performance, gross_profit, 56) &&
    HF_AT(hf_performance, gross_loss, 64) && HF_AT(hf_performance, largest_win, 72) &&
    HF_AT(hf_performance, largest_loss, 80) && HF_AT(hf_performance, win_rate, 88) &&
    HF_AT(hf_performance, profit_factor, 96) && HF_AT(hf_performance, expectancy, 104) &&
    HF_AT(hf_performance, holding, 112) && HF_AT(hf_performance, max_drawdown, 120) &&
    HF_AT(hf_performance, r_multiple, 128) && HF_AT(hf_performance, commission, 136) &&
    HF_AT(hf_performance, swap, 144) && HF_AT(hf_performance, fee, 152) && HF_AT(hf_performance, first,
    160) && HF_AT(hf_performance, last, 168) && HF_AT(hf_performance, symbol, 176) &&
    HF_AT(hf_performance, known, 180) && HF_AT(hf_performance, side, 184) && HF_AT(hf_performance,
    reason, 185) && HF_AT(hf_performance, reserved, 186) && HF_AT(hf_performance, reserved_tail, 192));
HF_LAYOUT(hf_core_config, 128, HF_AT(hf_core_config, abi_version, 4) && HF_AT(hf_core_config, flags, 8)
    && HF_AT(hf_core_config, epoch, 12) && HF_AT(hf_core_config, stripes, 16) && HF_AT(hf_core_config,
    symbols, 20) && HF_AT(hf_core_config, accounts, 24) && HF_AT(hf_core_config, executors, 28) &&
    HF_AT(hf_core_config, positions, 32) && HF_AT(hf_core_config, rules, 36) && HF_AT(hf_core_config,
    outbox, 40) && HF_AT(hf_core_config, events, 44) && HF_AT(hf_core_config, history, 48) &&
    HF_AT(hf_core_config, deals, 52) && HF_AT(hf_core_config, finished, 56) && HF_AT(hf_core_config,
    durability, 60) && HF_AT(hf_core_config, kernel, 64) && HF_AT(hf_core_config, placement, 68) &&
    HF_AT(hf_core_config, node, 72) && HF_AT(hf_core_config, reserved, 76));
HF_LAYOUT(hf_counters, 320, HF_AT(hf_counters, ticks, 8) && HF_AT(hf_counters, ticks_refused, 16) &&
    HF_AT(hf_counters, ticks_crossed, 24) && HF_AT(hf_counters, ticks_late, 32) && HF_AT(hf_counters,
    breaches, 40) && HF_AT(hf_counters, intents, 48) && HF_AT(hf_counters, commands, 56) &&
    HF_AT(hf_counters, commands_taken, 64) && HF_AT(hf_counters, redelivered, 72) && HF_AT(hf_counters,
    retries, 80) && HF_AT(hf_counters, escalations, 88) && HF_AT(hf_counters, acks, 96) &&
    HF_AT(hf_counters, acks_ignored, 104) && HF_AT(hf_counters, deals, 112) && HF_AT(hf_counters,
    conflicts, 120) && HF_AT(hf_counters, recorded, 128) && HF_AT(hf_counters, alarms, 136) &&
    HF_AT(hf_counters, timers, 144) && HF_AT(hf_counters, positions_opened, 152) && HF_AT(hf_counters,
    positions_closed, 160) && HF_AT(hf_counters, positions_open, 168) && HF_AT(hf_counters,
    outbox_spilled, 176) && HF_AT(hf_counters, events, 184) && HF_AT(hf_counters, events_lapped, 192) &&
    HF_AT(hf_counters, refusals, 200) && HF_AT(hf_counters, slices_max, 208) && HF_AT(hf_counters,
    kernel, 216) && HF_AT(hf_counters, memory_reserved, 224) && HF_AT(hf_counters, faults, 232) &&
    HF_AT(hf_counters, memory_huge, 240) && HF_AT(hf_counters, numa_nodes, 248) && HF_AT(hf_counters,
    stripes_placed, 256) && HF_AT(hf_counters, placements_refused, 264) && HF_AT(hf_counters, lock_waits,
    272) && HF_AT(hf_counters, syncs, 280) && HF_AT(hf_counters, sync_slice_max, 288) &&
    HF_AT(hf_counters, reserved, 296));
HF_LAYOUT(hf_latency, 40, HF_AT(hf_latency, p50, 8) && HF_AT(hf_latency, p99, 16) && HF_AT(hf_latency,
    p999, 24) && HF_AT(hf_latency, max, 32));
HF_LAYOUT(hf_placement, 64, HF_AT(hf_placement, pages, 8) && HF_AT(hf_placement, pages_used, 16) &&
    HF_AT(hf_placement, pages_on_node, 24) && HF_AT(hf_placement, pages_elsewhere, 32) &&
    HF_AT(hf_placement, stripe, 40) && HF_AT(hf_placement, node, 44) && HF_AT(hf_placement, reserved,
    48));
#undef HF_LAYOUT
#undef HF_AT
