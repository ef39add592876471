package main

import (
	"crypto/rand"
	"fmt"
	"os"
	"strings"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/formats/witness"
	"golang.org/x/mod/sumdb/note"
)

type line struct {
	Name string `json:"name"`
	Hash string `json:"hash"`
	Time int64  `json:"time"`
}

type opened struct {
	Origin     string `json:"origin"`
	Size       uint64 `json:"size"`
	Root       []byte `json:"root"`
	Rest       string `json:"rest"`
	Text       string `json:"text"`
	Verified   []line `json:"verified"`
	Unverified []line `json:"unverified"`
}

// verifierOf gives sumdb/note's own verifier for a plain Ed25519 key, that of formats for a cosigner's.
func verifierOf(vkey string) (note.Verifier, error) {
	if plain, err := note.NewVerifier(vkey); err == nil {
		return plain, nil
	}
	return fnote.NewVerifierForCosignatureV1(vkey)
}

func verifiers(path string) ([]note.Verifier, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var known []note.Verifier
	for _, vkey := range strings.Fields(string(text)) {
		verifier, err := verifierOf(vkey)
		if err != nil {
			return nil, fmt.Errorf("vkey %q: %w", vkey, err)
		}
		known = append(known, verifier)
	}
	return known, nil
}

func openNote(arguments ...string) (any, error) {
	known, err := verifiers(arguments[0])
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(arguments[1])
	if err != nil {
		return nil, err
	}
	found, err := note.Open(raw, note.VerifierList(known...))
	if err != nil {
		return nil, err
	}
	var head flog.Checkpoint
	rest, err := head.Unmarshal([]byte(found.Text))
	if err != nil {
		return nil, err
	}
	return opened{head.Origin, head.Size, head.Hash, string(rest), found.Text, lines(found.Sigs), lines(found.UnverifiedSigs)}, nil
}

// lines keeps the time of every signature that is long enough to state one; it means nothing on a plain one.
func lines(signatures []note.Signature) []line {
	answer := []line{}
	for _, signature := range signatures {
		one := line{Name: signature.Name, Hash: fmt.Sprintf("%08x", signature.Hash)}
		if at, err := fnote.CoSigV1Timestamp(signature); err == nil {
			one.Time = at.Unix()
		}
		answer = append(answer, one)
	}
	return answer
}

func checkPolicy(arguments ...string) (any, error) {
	text, err := os.ReadFile(arguments[0])
	if err != nil {
		return nil, err
	}
	policy, err := witness.ParsePolicy(text)
	if err != nil {
		return nil, err
	}
	raw, err := os.ReadFile(arguments[1])
	if err != nil {
		return nil, err
	}
	return policy.Satisfied(raw), nil
}

func newKey(arguments ...string) (any, error) {
	secret, vkey, err := note.GenerateKey(rand.Reader, arguments[0])
	return map[string]string{"secret": secret, "vkey": vkey}, err
}

func signText(arguments ...string) (any, error) {
	secret, err := os.ReadFile(arguments[0])
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(arguments[1])
	if err != nil {
		return nil, err
	}
	var signer note.Signer
	if signer, err = note.NewSigner(string(secret)); err != nil {
		if signer, err = fnote.NewSignerForCosignatureV1(string(secret)); err != nil {
			return nil, err
		}
	}
	signed, err := note.Sign(&note.Note{Text: string(text)}, signer)
	return map[string]string{"note": string(signed)}, err
}
