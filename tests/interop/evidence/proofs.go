package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"net/url"
	"os"
	"strconv"
	"strings"

	flog "github.com/transparency-dev/formats/log"
	fproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/client"
)

// checkProof follows tlog-proof: leaf from the entry, signature of the log, then inclusion.
func checkProof(arguments ...string) (any, error) {
	known, err := verifiers(arguments[0])
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(arguments[1])
	if err != nil {
		return nil, err
	}
	entry, err := os.ReadFile(arguments[2])
	if err != nil {
		return nil, err
	}
	var tlog fproof.TLogProof
	if err := tlog.Unmarshal(raw); err != nil {
		return nil, err
	}
	head, _, _, err := flog.ParseCheckpoint(tlog.Checkpoint, known[0].Name(), known[0], known[1:]...)
	if err != nil {
		return nil, err
	}
	hashes := make([][]byte, len(tlog.Hashes))
	for at := range tlog.Hashes {
		hashes[at] = tlog.Hashes[at][:]
	}
	leaf := rfc6962.DefaultHasher.HashLeaf(entry)
	if err := proof.VerifyInclusion(rfc6962.DefaultHasher, tlog.Index, head.Size, leaf, hashes, head.Hash); err != nil {
		return nil, err
	}
	return map[string]any{"index": tlog.Index, "size": head.Size, "extra": tlog.ExtraData, "same": bytes.Equal(tlog.Marshal(), raw)}, nil
}

func checkConsistency(arguments ...string) (any, error) {
	var heads [2]flog.Checkpoint
	for at := range heads {
		text, err := os.ReadFile(arguments[at])
		if err != nil {
			return nil, err
		}
		if _, err := heads[at].Unmarshal(text); err != nil {
			return nil, err
		}
	}
	text, err := os.ReadFile(arguments[2])
	if err != nil {
		return nil, err
	}
	var hashes [][]byte
	for _, word := range strings.Fields(string(text)) {
		hash, err := base64.StdEncoding.DecodeString(word)
		if err != nil {
			return nil, err
		}
		hashes = append(hashes, hash)
	}
	old, new := heads[0], heads[1]
	return true, proof.VerifyConsistency(rfc6962.DefaultHasher, old.Size, new.Size, hashes, old.Hash, new.Hash)
}

func buildProofs(arguments ...string) (any, error) {
	root, err := url.Parse(arguments[0])
	if err != nil {
		return nil, err
	}
	var numbers [3]uint64
	for at := range numbers {
		if numbers[at], err = strconv.ParseUint(arguments[at+1], 10, 64); err != nil {
			return nil, err
		}
	}
	source, err := client.NewHTTPFetcher(root, nil)
	if err != nil {
		return nil, err
	}
	ctx := context.Background()
	builder, err := client.NewProofBuilder(ctx, numbers[0], source.ReadTile)
	if err != nil {
		return nil, err
	}
	inclusion, err := builder.InclusionProof(ctx, numbers[1])
	if err != nil {
		return nil, fmt.Errorf("inclusion: %w", err)
	}
	consistency, err := builder.ConsistencyProof(ctx, numbers[2], numbers[0])
	if err != nil {
		return nil, fmt.Errorf("consistency: %w", err)
	}
	return map[string][][]byte{"inclusion": inclusion, "consistency": consistency}, nil
}
