package seal

import (
	"bytes"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

// TestBlocksAreThoseOfTheLibrary: what is made of the text, of itself and of what nobody
// has said is read by the library, however it is put together, and by one packer as by
// another.
func TestBlocksAreThoseOfTheLibrary(t *testing.T) {
	used := packers.Get().(*packer)
	rapid.Check(t, func(t *rapid.T) {
		var value []byte
		for range rapid.IntRange(1, 40).Draw(t, "pieces") {
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				value = append(value, piece(t, text)...)
			case 1:
				value = append(value, piece(t, value)...)
			default:
				value = append(value, rapid.SliceOfN(rapid.Byte(), 0, 90).Draw(t, "new")...)
			}
		}
		value = value[:min(len(value), valueMost+1)]
		block := used.encode(value)
		if got, err := words().Decode(nil, block); err != nil || !bytes.Equal(got, value) {
			t.Fatalf("%x, %v", got, err)
		}
		if fresh := packers.New().(*packer).encode(value); !bytes.Equal(fresh, block) {
			t.Fatalf("%x, %x", fresh, block)
		}
	})
}

// piece is a part of some bytes, now and then up to their end.
func piece(t *rapid.T, of []byte) []byte {
	from := rapid.IntRange(0, len(of)).Draw(t, "from")
	length := rapid.OneOf(rapid.IntRange(0, 40), rapid.IntRange(0, 5000)).Draw(t, "length")
	return slices.Clone(of[from:min(len(of), from+length)])
}

// TestLongLiterals: what nothing is like is as long as it was, at every length of a length.
func TestLongLiterals(t *testing.T) {
	p := packers.New().(*packer)
	random := rand.NewChaCha8([32]byte{1})
	for _, length := range []int{0, 1, 7, 8, 59, 60, 61, 256, 257, 258, valueMost, valueMost + 1} {
		value := make([]byte, length)
		_, _ = random.Read(value)
		block := p.encode(value)
		if got, err := words().Decode(nil, block); err != nil || !bytes.Equal(got, value) {
			t.Errorf("%d random bytes: %v", length, err)
		}
	}
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
	if each := int64(after.StackInuse-before.StackInuse) / many; each > 32<<10 {
		t.Errorf("%d bytes of stack each", each)
	}
}
