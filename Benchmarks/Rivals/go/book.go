package main

import "sync"

const (
	reasonStop     = uint64(1)
	reasonTarget   = uint64(2)
	reasonTrailing = uint64(3)
)

type position struct {
	key      uint64
	short    bool
	trailing bool
	distance int64
	stop     int64
	target   int64
}

// fires says why a position closes at a quote, or 0.
func (p *position) fires(bid, ask int64) uint64 {
	stopped, reached := bid <= p.stop, bid >= p.target
	if p.short {
		stopped, reached = ask >= p.stop, ask <= p.target
	}
	switch {
	case stopped && p.trailing:
		return reasonTrailing
	case stopped:
		return reasonStop
	case reached:
		return reasonTarget
	}
	return 0
}

// follow moves a trailing stop, which holds from the next tick on.
func (p *position) follow(bid, ask int64) {
	if p.short {
		if stop := ask + p.distance; stop < p.stop {
			p.stop = stop
		}
	} else if stop := bid - p.distance; stop > p.stop {
		p.stop = stop
	}
}

// book is what is written first: a slice of pointers behind a lock, looked through on each tick.
type book struct {
	lock      sync.Mutex
	positions []*position
}

func (s settings) open(key uint64, bid int64) *position {
	drawn := s.draw(key)
	ask := bid + spread
	one := &position{key: key, short: drawn.short, trailing: drawn.trailing, distance: drawn.stop}
	if drawn.short {
		one.stop, one.target = ask+drawn.stop, ask-drawn.target
	} else {
		one.stop, one.target = bid-drawn.stop, bid+drawn.target
	}
	return one
}

type tally struct {
	triggers uint64
	checksum uint64
}

func (b *book) tick(s settings, tick int, bid int64, sum *tally) {
	b.lock.Lock()
	defer b.lock.Unlock()
	ask := bid + spread
	for at, one := range b.positions {
		if reason := one.fires(bid, ask); reason != 0 {
			sum.triggers++
			sum.checksum += mix(one.key + gamma*(4*uint64(tick)+reason))
			b.positions[at] = s.open(one.key+1, bid)
		} else if one.trailing {
			one.follow(bid, ask)
		}
	}
}
