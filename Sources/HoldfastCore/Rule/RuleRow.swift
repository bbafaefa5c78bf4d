import CHoldfast

/// A trailing rule as one position has it (SEMANTICS 3), by its own or a wider scope. Prices are
/// watched: the bid of a long, the negated ask of a short, so that a better stop is always a higher
/// one.
struct RuleRow {
    var id: UInt64
    var position: UInt64
    /// The rule of the position with the next higher id.
    var next: UInt32
    var terms: Terms
    var scope: UInt8
    /// Latched once profit has reached `activation`, and `secondProfit`.
    var isActive: Bool
    var isSecond: Bool

    struct Terms: Equatable {
        /// Points; 0 beside a percent.
        var distance: Int64
        /// Ratio 1e-8 of the price.
        var percent: Int64
        /// Points of profit from which it trails; 0 = at once.
        var activation: Int64
        /// Points, and ratio of the stop in force, that a move must improve it by.
        var step: Int64
        var stepPercent: Int64
        /// Points of profit, beside a second percent a ratio of the entry, from which the second
        /// distance holds; 0 = never.
        var secondProfit: Int64
        var secondDistance: Int64
        var secondPercent: Int64

        init(_ rule: hf_rule) {
            (distance, percent) = (rule.distance, rule.percent)
            (activation, step, stepPercent) = (rule.activation, rule.step, rule.step_percent)
            secondProfit = rule.second_profit
            (secondDistance, secondPercent) = (rule.second_distance, rule.second_percent)
        }
    }

    init(_ rule: hf_rule, position: UInt64) {
        (id, self.position, next, scope) = (rule.id, position, none, rule.scope)
        terms = Terms(rule)
        (isActive, isSecond) = (rule.activation == 0, false)
    }

    /// Other terms under the same id: what was reached under the same condition stays reached.
    mutating func replace(_ rule: hf_rule) {
        let old = terms
        terms = Terms(rule)
        scope = rule.scope
        if terms.activation != old.activation { isActive = terms.activation == 0 }
        if terms.secondProfit != old.secondProfit
            || (terms.secondPercent == 0) != (old.secondPercent == 0)
        {
            isSecond = false
        }
    }

    // MARK: the stop

    private var distance: Int64 { isSecond ? terms.secondDistance : terms.distance }
    private var percent: Int64 { isSecond ? terms.secondPercent : terms.percent }
    private var isStepped: Bool { terms.step != 0 || terms.stepPercent != 0 }
    private var waitsForSecond: Bool { terms.secondProfit != 0 && !isSecond }

    /// Whether the book alone can trail it exactly.
    var isPlain: Bool { isActive && !isStepped && !waitsForSecond && percent == 0 }

    /// Takes note of a profit.
    /// - Parameter entry: natural.
    mutating func latch(_ price: Int64, _ side: Side, entry: Int64) {
        if !isActive && price >= activationPrice(side, entry) { isActive = true }
        if waitsForSecond && price >= secondPrice(side, entry) { isSecond = true }
    }

    /// The stop behind a price, on the grid; nil when it would not be below the price.
    func candidate(_ price: Int64, _ side: Side, _ market: MarketTerms) -> Int64? {
        let stop =
            percent == 0
            ? market.roundedUp(price - distance)
            : market.roundedUp(scaled: Int128(price) * Int128(unit(side)))
        return stop < price ? stop : nil
    }

    /// Whether an improvement of the stop in force is enough.
    func isWorth(_ gain: Int64, stop: Int64) -> Bool {
        if gain <= 0 || gain < terms.step { return false }
        return terms.stepPercent == 0
            || Int128(gain) * Int128(Limits.unit) >= Int128(stop) * Int128(terms.stepPercent)
    }

    /// Its distance at the entry, in points.
    func width(entry: Int64) -> Int64 {
        percent == 0
            ? distance : Int64(clamping: Int128(entry) * Int128(percent) / Int128(Limits.unit))
    }

    // MARK: what the book watches for it

    /// - Parameters:
    ///   - stop: watched; Int64.min without one.
    /// - Returns: a distance that the rule's never goes below at any price that can better the
    ///   stop and is below `visit` (Int64.max: it trails by visits alone), and the price from which
    ///   the rule must be looked at again.
    func watch(
        _ side: Side, entry: Int64, stop: Int64, _ market: MarketTerms
    ) -> (distance: Int64, visit: Int64) {
        var visit = Int64.max
        if waitsForSecond { visit = secondPrice(side, entry) }
        if !isActive { return (.max, min(visit, activationPrice(side, entry))) }
        // The first candidate is taken whatever the step.
        if stop == .min && (isStepped || percent != 0) { return (.max, .min) }
        if isStepped { return (.max, min(visit, priceFor(stop + gain(stop, side), side, market))) }
        // Rounding brings the stop up to a tick closer.
        if percent == 0 { return (distance - market.tickSize + 1, visit) }
        let first = priceFor(stop + 1, side, market)
        // The distance of a short shrinks with the price: it is looked at again before 1/256 less.
        let last = side == .long ? first : first - first / 256
        let distance = bound(last, market)
        // Below a tick a higher price may have no candidate where a lower one had: each is seen.
        if distance <= 0 { return (.max, min(visit, first)) }
        return (distance, side == .long ? visit : min(visit, last))
    }

    private func activationPrice(_ side: Side, _ entry: Int64) -> Int64 {
        (side == .long ? entry : -entry) + terms.activation
    }

    private func secondPrice(_ side: Side, _ entry: Int64) -> Int64 {
        var profit = Int128(terms.secondProfit)
        if terms.secondPercent != 0 {
            profit = (Int128(entry) * profit + Int128(Limits.unit - 1)) / Int128(Limits.unit)
        }
        return Int64(clamping: Int128(side == .long ? entry : -entry) + profit)
    }

    /// 1 -+ percent, in 1e-8.
    private func unit(_ side: Side) -> Int64 {
        side == .long ? Limits.unit - percent : Limits.unit + percent
    }

    /// The least improvement that is enough.
    private func gain(_ stop: Int64, _ side: Side) -> Int64 {
        let natural = Int128(side == .long ? stop : -stop)
        let share =
            (natural * Int128(terms.stepPercent) + Int128(Limits.unit - 1)) / Int128(Limits.unit)
        return max(1, terms.step, Int64(clamping: share))
    }

    /// A price at or before the first whose candidate reaches a stop.
    private func priceFor(_ stop: Int64, _ side: Side, _ market: MarketTerms) -> Int64 {
        let before = Int128(stop) - Int128(market.tickSize)
        if percent == 0 { return Int64(clamping: before + Int128(distance)) }
        let scaled = before * Int128(Limits.unit)
        let (quotient, remainder) = scaled.quotientAndRemainder(dividingBy: Int128(unit(side)))
        return Int64(clamping: remainder < 0 ? quotient - 1 : quotient)
    }

    /// Less than the distance at a price.
    private func bound(_ price: Int64, _ market: MarketTerms) -> Int64 {
        let natural = Int128(price.magnitude)
        return Int64(clamping: natural * Int128(percent) / Int128(Limits.unit)) - market.tickSize
    }
}

/// The grid of a symbol.
struct MarketTerms {
    var tickSize: Int64

    /// The smallest multiple of the tick size at or above a price.
    func roundedUp(_ price: Int64) -> Int64 {
        let remainder = price % tickSize
        if remainder == 0 { return price }
        return remainder > 0 ? price - remainder + tickSize : price - remainder
    }

    /// The same of a price in 1e-8 points: rounded once.
    func roundedUp(scaled price: Int128) -> Int64 {
        let grid = Int128(tickSize) * Int128(Limits.unit)
        let (quotient, remainder) = price.quotientAndRemainder(dividingBy: grid)
        return Int64(clamping: (remainder > 0 ? quotient + 1 : quotient) * Int128(tickSize))
    }
}
