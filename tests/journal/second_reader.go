// Reads a checkpoint and proofs with Go's own packages: golang.org/x/mod/sumdb/note and tlog.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type asked struct {
	Key, Note, Leaf, OldRoot string
	Seq, Old                 int64
	Inclusion, Consistency   []string
}

func main() {
	var said asked
	must(json.NewDecoder(os.Stdin).Decode(&said))
	verifier, err := note.NewVerifier(said.Key)
	must(err)
	opened, err := note.Open([]byte(said.Note), note.VerifierList(verifier))
	must(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	must(err)
	root := hash(lines[2])
	must(tlog.CheckRecord(hashes(said.Inclusion), size, root, said.Seq, hash(said.Leaf)))
	must(tlog.CheckTree(hashes(said.Consistency), size, root, said.Old, hash(said.OldRoot)))
}

func hashes(texts []string) []tlog.Hash {
	var found []tlog.Hash
	for _, text := range texts {
		found = append(found, hash(text))
	}
	return found
}

func hash(text string) tlog.Hash {
	found, err := tlog.ParseHash(text)
	must(err)
	return found
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
