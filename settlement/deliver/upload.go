package deliver

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/pkg/sftp"

	"github.com/causeway-pay/causeway/settlement/report"
)

// put brings a file to the server. When it returns nil the file is there, whole
// and under its name, however often it was tried before.
func (s *session) put(file report.IssuedFile, source io.ReadSeeker) error {
	final := path.Join(s.root, file.Path)
	there, err := s.size(final)
	if err != nil {
		return err
	}
	if there >= 0 {
		return s.same(final, file, ErrOccupied)
	}
	if err := s.client.MkdirAll(path.Dir(final)); err != nil {
		return fmt.Errorf("deliver: folder: %w", err)
	}
	part := path.Join(path.Dir(final), "."+path.Base(final)+".part")
	if err := s.write(part, file, source); err != nil {
		return err
	}
	// Plain rename fails where a file has the name, unlike the POSIX one.
	if err := s.client.Rename(part, final); err != nil {
		return fmt.Errorf("deliver: rename: %w", err)
	}
	return nil
}

// size is how long a file on the server is; -1 if there is none.
func (s *session) size(name string) (int64, error) {
	info, err := s.client.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return -1, nil
	case err != nil:
		return 0, fmt.Errorf("deliver: %w", err)
	default:
		return info.Size(), nil
	}
}

// same fails with otherwise if a file on the server is not the one that was
// issued.
func (s *session) same(name string, file report.IssuedFile, otherwise error) error {
	remote, err := s.client.Open(name)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	hash := sha256.New()
	// More than the file is enough to tell that it is another.
	_, err = io.Copy(hash, io.LimitReader(remote, file.Bytes+1))
	if err := errors.Join(err, remote.Close()); err != nil {
		return fmt.Errorf("deliver: read back: %w", err)
	}
	if [sha256.Size]byte(hash.Sum(nil)) != file.SHA256 {
		return fmt.Errorf("%w: %s", otherwise, file.Path)
	}
	return nil
}

// write writes the file under another name, from where an earlier attempt broke
// off.
func (s *session) write(part string, file report.IssuedFile, source io.ReadSeeker) error {
	offset, err := s.size(part)
	if err != nil {
		return err
	}
	if offset > file.Bytes {
		if err := s.client.Remove(part); err != nil {
			return fmt.Errorf("deliver: %w", err)
		}
		offset = 0
	}
	offset = max(offset, 0)
	if err := s.send(part, offset, file, source); err != nil {
		return err
	}
	if offset == 0 {
		return nil
	}
	// What an earlier attempt left may have holes where its server lost something.
	if err := s.same(part, file, ErrDamaged); err != nil {
		return errors.Join(err, s.client.Remove(part))
	}
	return nil
}

// send writes what is behind an offset, and checks that what it reads is the file
// that was issued.
func (s *session) send(part string, offset int64, file report.IssuedFile, source io.ReadSeeker) error {
	hash := sha256.New()
	if _, err := source.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if _, err := io.CopyN(hash, source, offset); err != nil {
		return fmt.Errorf("%w: it is shorter than %d bytes", ErrDamaged, file.Bytes)
	}
	remote, err := s.client.OpenFile(part, os.O_WRONLY|os.O_CREATE)
	if err != nil {
		return fmt.Errorf("deliver: %w", err)
	}
	if _, err = remote.Seek(offset, io.SeekStart); err == nil {
		_, err = io.Copy(remote, io.TeeReader(source, hash))
	}
	if err := errors.Join(err, durable(remote), remote.Close()); err != nil {
		return fmt.Errorf("deliver: write: %w", err)
	}
	if [sha256.Size]byte(hash.Sum(nil)) != file.SHA256 {
		return errors.Join(fmt.Errorf("%w: %s", ErrDamaged, file.Path), s.client.Remove(part))
	}
	return nil
}

// durable asks the server to put the file on its disk; servers without the
// extension do that in their own time.
func durable(remote *sftp.File) error {
	err := remote.Sync()
	if status := (*sftp.StatusError)(nil); errors.As(err, &status) && status.FxCode() == sftp.ErrSSHFxOpUnsupported {
		return nil
	}
	return err
}
