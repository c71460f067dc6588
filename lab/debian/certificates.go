package debian

import (
	"bytes"
	"crypto/sha256"
	"encoding/pem"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Bundle is where Debian keeps the certificates that the machine trusts.
const Bundle = "/etc/ssl/certs/ca-certificates.crt"

// ExtraCertificates returns the certificates (PEM, one each) that the machine trusts in addition to
// those of Debian's own package, such as a company's, without which containers cannot download
// anything either. bundle and packaged are "" for the machine's own.
func ExtraCertificates(bundle, packaged string) ([][]byte, error) {
	if bundle == "" {
		bundle = Bundle
	}
	if packaged == "" {
		packaged = "/usr/share/ca-certificates"
	}
	data, err := os.ReadFile(bundle)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the machine's certificates: %w", err)
	}
	known := map[[32]byte]bool{}
	err = filepath.WalkDir(packaged, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".crt") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, block := range certificates(data) {
			known[sha256.Sum256(block.Bytes)] = true
		}
		return nil
	})
	if err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("reading Debian's certificates: %w", err)
	}
	var extra [][]byte
	for _, block := range certificates(data) {
		if sum := sha256.Sum256(block.Bytes); !known[sum] {
			known[sum] = true
			extra = append(extra, pem.EncodeToMemory(&pem.Block{Type: block.Type, Bytes: block.Bytes}))
		}
	}
	return extra, nil
}

func certificates(data []byte) (blocks []*pem.Block) {
	for {
		block, rest := pem.Decode(bytes.TrimSpace(data))
		if block == nil {
			return blocks
		}
		if block.Type == "CERTIFICATE" {
			blocks = append(blocks, block)
		}
		data = rest
	}
}
