#!/bin/sh
# Every engine must fire the same positions at the same ticks as the naive one: equal number of
# triggers, equal checksum. Usage: check.sh RIVAL [TICKS]
set -eu
rival=$1
ticks=${2:-50000}
engines=$("$rival" --engine ? 2>&1 | sed -n 's/^engines: //p')
failed=0

verdict() { "$rival" --engine "$1" --json $2 | sed 's/.*"triggers"/"triggers"/'; }

compare() {
    expected=$(verdict naive "$1")
    for engine in $engines; do
        found=$(verdict "$engine" "$1")
        if [ "$found" != "$expected" ]; then
            echo "FAILED $engine $1: $found instead of $expected"
            failed=1
        fi
    done
    echo "checked $1: $expected"
}

for mode in fix T30; do
    for positions in 1000 10000; do
        compare "--mode $mode --positions $positions --ticks $ticks"
    done
    # A side around 256 positions (the tree grows in mid-run), several books, a side with hardly
    # any position, levels out of reach.
    compare "--mode $mode --positions 500 --ticks $ticks --seed 4"
    compare "--mode $mode --positions 1000 --symbols 50 --ticks $ticks --seed 2"
    compare "--mode $mode --positions 7 --ticks $ticks --seed 3"
    compare "--mode $mode --positions 1000 --ticks $ticks --quiet"
done
exit $failed
