package adaptor

import "sync"

// An Option changes how the functions on lists work, never what they return.
type Option func(*options)

type options struct {
	workers int
}

// Workers lets a function use up to n processors; without it, it uses one. Who
// calls bounds the sum over all calls, so that peers cannot take every processor.
func Workers(n int) Option {
	return func(o *options) { o.workers = n }
}

func optionsOf(list []Option) options {
	o := options{workers: 1}
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
	if shares == 1 {
		return work(0, 0, n)
	}
	errs := make([]error, shares)
	var wg sync.WaitGroup
	for share := range shares {
		lo, hi := limit(n, share, shares), limit(n, share+1, shares)
		wg.Go(func() { errs[share] = work(share, lo, hi) })
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
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
