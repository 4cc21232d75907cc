package engine

// Watch has f called at every place of a crash. It is called before Run.
func (e *Engine) Watch(f func(name string)) { e.watch = f }
