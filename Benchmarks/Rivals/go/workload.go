package main

// The standard workload, exactly as ../WORKLOAD.md defines it.

const (
	startBid = int64(1_000_000)
	spread   = int64(2)
	gamma    = uint64(0x9E3779B97F4A7C15)
)

type settings struct {
	trailing  bool
	quiet     bool
	seed      uint64
	positions int
	symbols   int
	ticks     int
}

// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
	z = (z ^ (z >> 27)) * 0x94D049BB133111EB
	return z ^ (z >> 31)
}

type opening struct {
	short    bool
	trailing bool
	stop     int64
	target   int64
}

func (s settings) draw(key uint64) opening {
	hash := mix(mix(s.seed+gamma) ^ key)
	scaled := func(shift uint, count uint64) uint64 { return (hash >> shift & 0xFFFF) * count >> 16 }
	base := int64(20)
	if s.quiet {
		base += 8192
	}
	return opening{
		short:    hash&1 != 0,
		trailing: s.trailing && scaled(33, 10) < 3,
		stop:     base + int64(scaled(1, 181)),
		target:   base + int64(scaled(17, 181)),
	}
}

type step struct {
	symbol int
	bid    int64
}

// walk draws the whole walk, before the clock starts.
func (s settings) walk() []step {
	bids := make([]int64, s.symbols)
	for symbol := range bids {
		bids[symbol] = startBid
	}
	steps := make([]step, s.ticks)
	state := s.seed
	for at := range steps {
		state += gamma
		draw := mix(state)
		symbol := int((draw >> 32) * uint64(s.symbols) >> 32)
		if draw&1 != 0 {
			bids[symbol]++
		} else {
			bids[symbol]--
		}
		steps[at] = step{symbol, bids[symbol]}
	}
	return steps
}
