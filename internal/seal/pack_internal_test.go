package seal

import (
	"bytes"
	"fmt"
	"runtime"
	"sync"
	"testing"
)

// TestManySealAtOnce: who seals beside others gets back what it gave, long or short.
func TestManySealAtOnce(t *testing.T) {
	box, err := New(bytes.Repeat([]byte{1}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for who := range 16 {
		group.Go(func() {
			for size := range 200 {
				clear := append(fmt.Appendf(nil, "%d says: ", who), text[:size*11]...)
				if got, err := box.Open(box.Seal(clear)); err != nil || !bytes.Equal(got, clear) {
					t.Errorf("%d of size %d: %v", who, size, err)
				}
			}
		})
	}
	group.Wait()
}

// TestStacksStaySmall: who has sealed a message is left with a small stack, since there is
// one for each connection.
func TestStacksStaySmall(t *testing.T) {
	const many = 64
	box, err := New(bytes.Repeat([]byte{1}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	box.Seal(text[:2000]) // what is made once
	var sealed, ended sync.WaitGroup
	leave := make(chan struct{})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range many {
		sealed.Add(1)
		ended.Go(func() {
			box.Seal(text[:2000])
			sealed.Done()
			<-leave
		})
	}
	sealed.Wait()
	runtime.ReadMemStats(&after)
	close(leave)
	ended.Wait()
	if each := (int64(after.StackInuse) - int64(before.StackInuse)) / many; each > 32<<10 {
		t.Errorf("%d bytes of stack each", each)
	}
}
