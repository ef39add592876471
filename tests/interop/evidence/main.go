// evidence reads what liandan writes with the libraries of other people, and writes with them what liandan must read.
// It decides nothing itself: every answer is one of golang.org/x/mod/sumdb/note, transparency-dev/formats, /merkle or /tessera/client.
//
//	evidence note VKEYS NOTE               open a note with all the keys of a file, one per line
//	evidence proof VKEYS PROOF ENTRY       check a tlog-proof from the entry's own bytes
//	evidence consistency OLD NEW PROOF     check two checkpoints' texts and a proof, one base64 hash per line
//	evidence build URL SIZE INDEX OLD      build an inclusion and a consistency proof from served tiles
//	evidence policy POLICY NOTE            whether a checkpoint satisfies a policy file
//	evidence key NAME                      a fresh Ed25519 key for notes: secret, vkey
//	evidence sign KEY NOTE                 a log's Ed25519 or a cosigner's ML-DSA-44 signature over a text, as a note
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

var commands = map[string]struct {
	arguments int
	run       func(...string) (any, error)
}{
	"note":        {2, openNote},
	"proof":       {3, checkProof},
	"consistency": {3, checkConsistency},
	"build":       {4, buildProofs},
	"policy":      {2, checkPolicy},
	"key":         {1, newKey},
	"sign":        {2, signText},
}

func main() {
	if len(os.Args) < 2 {
		fail(fmt.Errorf("which command?"))
	}
	command, known := commands[os.Args[1]]
	if !known || len(os.Args)-2 != command.arguments {
		fail(fmt.Errorf("no command %q with %d arguments", os.Args[1], len(os.Args)-2))
	}
	answer, err := command.run(os.Args[2:]...)
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
