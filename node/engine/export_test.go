package engine

// Known is the height up to which all contracts know the chain.
func (e *Engine) Known() uint32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.place.known
}

// Watch has f called at every place of a crash. It is called before Run.
func (e *Engine) Watch(f func(name string)) { e.watch = f }
