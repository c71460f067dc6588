package harness

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Search finds values in places where they must not be, in every form in which they are likely to
// be written.
type Search struct {
	longest int
	// starts has the needles by their first two bytes, so that a text is read once, however
	// many there are.
	starts map[uint16][]needle
	// starting are the keys of starts.
	starting [1 << 16]bool
}

type needle struct {
	name, form string
	text       []byte
}

// Add adds a value to search for; findings call it name.
func (s *Search) Add(name, value string) {
	add := func(form, text string) {
		n := needle{name, form, []byte(text)}
		start := pair(n.text)
		if s.starts == nil {
			s.starts = map[uint16][]needle{}
		}
		s.starts[start] = append(s.starts[start], n)
		s.starting[start] = true
		s.longest = max(s.longest, len(text))
	}
	add("plain", value)
	add("hex", hex.EncodeToString([]byte(value)))
	if escaped := url.QueryEscape(value); escaped != value {
		add("URL-encoded", escaped)
	}
	if quoted, _ := json.Marshal(value); string(quoted[1:len(quoted)-1]) != value {
		add("JSON", string(quoted[1:len(quoted)-1]))
	}
	// Inside a longer text a value has one of three alignments; the characters
	// at its ends depend on what is beside it and are left out.
	for shift := range 3 {
		padded := append(make([]byte, shift), value...)
		for form, encoding := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			text := encoding.EncodeToString(padded)
			start := []int{0, 2, 3}[shift]
			end := len(padded) / 3 * 4
			add(fmt.Sprintf("%s at %d", form, shift), text[start:end])
		}
	}
}

// Bytes searches a text.
func (s *Search) Bytes(where string, data []byte) []string {
	found, _ := s.stream(where, bytes.NewReader(data))
	return found
}

// stream searches what r returns, and, if that is compressed, its contents.
func (s *Search) stream(where string, r io.Reader) ([]string, error) {
	in := bufio.NewReaderSize(r, 1<<20)
	head, _ := in.Peek(4)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil // it only begins like one
		}
		found, err := s.plain(where+" (unpacked)", unpacked)
		if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) {
			err = nil
		}
		return found, err
	case bytes.Equal(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		unpacked, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil
		}
		defer unpacked.Close()
		found, err := s.plain(where+" (unpacked)", unpacked)
		if err != nil {
			// Unreadable must not pass for clean.
			return append(found, fmt.Sprintf("%s cannot be unpacked: %v", where, err)), nil
		}
		return found, nil
	}
	return s.plain(where, in)
}

func (s *Search) plain(where string, r io.Reader) ([]string, error) {
	found := map[string]bool{}
	buf := make([]byte, 1<<20)
	kept := 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		window := buf[:kept+n]
		for i := range max(len(window)-1, 0) {
			if !s.starting[pair(window[i:])] {
				continue
			}
			for _, needle := range s.starts[pair(window[i:])] {
				if bytes.HasPrefix(window[i:], needle.text) {
					found[fmt.Sprintf("%s: %s (%s)", where, needle.name, needle.form)] = true
				}
			}
		}
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
				err = nil
			}
			return keys(found), err
		}
		kept = copy(buf, window[len(window)-s.longest:])
	}
}

func pair(b []byte) uint16 { return uint16(b[0])<<8 | uint16(b[1]) }

func keys(set map[string]bool) []string {
	var out []string
	for k := range set {
		out = append(out, k)
	}
	return out
}

// Tree looks into all files below dir that were made or changed at or after since, and into their
// names. A file that vanishes meanwhile is none.
func (s *Search) Tree(dir string, since time.Time) (found []string, files int, err error) {
	err = filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		found = append(found, s.Bytes("the name of "+path, []byte(entry.Name()))...)
		if !entry.Type().IsRegular() {
			return nil
		}
		info, err := entry.Info()
		if err != nil {
			return nil
		}
		if changed := time.Unix(info.Sys().(*syscall.Stat_t).Ctim.Unix()); changed.Before(since) {
			return nil
		}
		f, err := os.Open(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		defer f.Close()
		files++
		in, err := s.stream(path, f)
		found = append(found, in...)
		return err
	})
	return found, files, err
}

// Zip looks into the files of an archive.
func (s *Search) Zip(path string) (found []string, err error) {
	r, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	for _, f := range r.File {
		in, err := f.Open()
		if err != nil {
			return nil, err
		}
		more, err := s.stream(strings.Join([]string{path, f.Name}, ":"), in)
		found = append(found, more...)
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}
