// rival --engine slice --positions N --mode fix|T30 --ticks K [--symbols S] [--seed X] [--quiet]
//
// Runs the standard workload of ../WORKLOAD.md on a Go slice of pointers behind a lock, and prints
// one line of JSON.
package main

import (
	"flag"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

// used is the processor time of this process, collector included.
func used() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return float64(usage.Utime.Nano() + usage.Stime.Nano())
}

func (s settings) run() (tally, float64, float64) {
	books := make([]book, s.symbols)
	for id := 0; id < s.positions; id++ {
		to := &books[id%s.symbols]
		to.positions = append(to.positions, s.open(uint64(id)<<32, startBid))
	}
	walk := s.walk()
	var sum tally
	play := func(first, end int) {
		for at := first; at < end; at++ {
			books[walk[at].symbol].tick(s, at+1, walk[at].bid, &sum)
		}
	}
	warmUp := s.ticks / 5
	play(0, warmUp)
	runtime.GC()
	processor, wall := used(), time.Now()
	play(warmUp, s.ticks)
	timed := float64(s.ticks - warmUp)
	return sum, (used() - processor) / timed, float64(time.Since(wall).Nanoseconds()) / timed
}

func main() {
	engine := flag.String("engine", "slice", "slice")
	mode := flag.String("mode", "fix", "fix or T30")
	var s settings
	flag.IntVar(&s.positions, "positions", 1_000, "open positions")
	flag.IntVar(&s.ticks, "ticks", 100_000, "ticks, a fifth of them to warm up")
	flag.IntVar(&s.symbols, "symbols", 1, "symbols")
	flag.Uint64Var(&s.seed, "seed", 1, "seed")
	flag.BoolVar(&s.quiet, "quiet", false, "levels out of reach")
	flag.Bool("json", true, "always so")
	flag.Parse()
	s.trailing = *mode == "T30"
	if *engine != "slice" || (*mode != "fix" && *mode != "T30") || s.ticks < 1 || s.symbols < 1 ||
		s.positions < s.symbols {
		flag.Usage()
		os.Exit(2)
	}
	sum, processor, wall := s.run()
	fmt.Printf("{\"engine\":\"slice\",\"mode\":%q,\"ns_per_tick\":%.2f,\"cpu_ns_per_tick\":%.2f,"+
		"\"triggers\":%d,\"checksum\":\"%016x\"}\n", *mode, wall, processor, sum.triggers, sum.checksum)
}
