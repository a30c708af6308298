package bench

import "sync"

// workers are goroutines that each own something. The one that came to rest last
// works first, so that there are no more than are needed.
type workers struct {
	most int
	// start makes what a worker does with a job, and how it ends.
	start func() (work func(job int), end func())

	mu     sync.Mutex
	rested *sync.Cond
	free   []chan int // those at rest; guarded by mu
	all    []chan int
	done   sync.WaitGroup
}

func newWorkers(most int, start func() (work func(job int), end func())) *workers {
	w := &workers{most: most, start: start}
	w.rested = sync.NewCond(&w.mu)
	return w
}

// give hands a job to a worker at rest, to a new one, or to the first that comes to
// rest.
func (w *workers) give(job int) {
	w.mu.Lock()
	if len(w.free) == 0 && len(w.all) < w.most {
		w.mu.Unlock()
		w.hire() <- job
		return
	}
	for len(w.free) == 0 {
		w.rested.Wait()
	}
	worker := w.free[len(w.free)-1]
	w.free = w.free[:len(w.free)-1]
	w.mu.Unlock()
	worker <- job
}

// hire starts a worker.
func (w *workers) hire() chan int {
	jobs := make(chan int, 1)
	w.all = append(w.all, jobs)
	w.done.Go(func() {
		work, end := w.start()
		defer end()
		for job := range jobs {
			work(job)
			w.rest(jobs)
		}
	})
	return jobs
}

func (w *workers) rest(jobs chan int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.free = append(w.free, jobs)
	w.rested.Signal()
}

// finish lets every worker end its job.
func (w *workers) finish() {
	for _, jobs := range w.all {
		close(jobs)
	}
	w.done.Wait()
}
