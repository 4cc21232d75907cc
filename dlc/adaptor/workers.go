package adaptor

import "sync"

// An Option changes how the functions on lists work, never what they return.
type Option func(*options)

type options struct {
	workers int
	through func(work func())
}

// Workers lets a function use up to n processors; without it, it uses one. Who
// calls bounds the sum over all calls, so that peers cannot take every processor.
func Workers(n int) Option {
	return func(o *options) { o.workers = n }
}

// Through makes each worker do each part of its work inside run, which must call its
// argument once and return after it. run may wait first: this is how a semaphore
// bounds the processors that all calls of a program use together. It is called by
// several goroutines at the same time.
func Through(run func(work func())) Option {
	return func(o *options) { o.through = run }
}

// Split calls work on contiguous shares of 0 to n, one for each worker that opts allow,
// at the same time, and returns the error of the lowest share that failed. It is for
// what is done for each slot beside the work of this package.
func Split(n int, work func(lo, hi int) error, opts ...Option) error {
	return optionsOf(opts).split(n, func(_, lo, hi int) error { return work(lo, hi) })
}

func optionsOf(list []Option) options {
	o := options{workers: 1, through: func(work func()) { work() }}
	for _, set := range list {
		set(&o)
	}
	return o
}

// shareAlign is what limits of shares are multiples of, so that no two workers
// write to one byte of parity.
const shareAlign = 8

// split calls work on contiguous shares of 0 to n, one for each worker, at the
// same time, and returns the error of the lowest share that failed.
func (o options) split(n int, work func(share, lo, hi int) error) error {
	shares := o.shares(n)
	errs := make([]error, shares)
	o.parallel(shares, func(share int) {
		errs[share] = work(share, limit(n, share, shares), limit(n, share+1, shares))
	})
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// each calls work for 0 to n-1, dealt out to the workers in turn.
func (o options) each(n int, work func(i int)) {
	workers := max(1, min(o.workers, n))
	o.parallel(workers, func(worker int) {
		for i := worker; i < n; i += workers {
			work(i)
		}
	})
}

// parallel calls work for 0 to n-1 at the same time.
func (o options) parallel(n int, work func(i int)) {
	if n == 1 {
		o.through(func() { work(0) })
		return
	}
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { o.through(func() { work(i) }) })
	}
	wg.Wait()
}

// shares returns how many shares n entries are worth.
func (o options) shares(n int) int {
	return max(1, min(o.workers, n/(4*shareAlign)))
}

func limit(n, share, shares int) int {
	if share == shares {
		return n
	}
	return n * share / shares / shareAlign * shareAlign
}
