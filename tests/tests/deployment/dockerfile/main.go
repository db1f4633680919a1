// Reads a Dockerfile with BuildKit's own parser and linter, as `docker build --check` would, and says what they object to.
package main

import (
	"bytes"
	"fmt"
	"os"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

func main() {
	objections := 0
	object := func(format string, values ...any) {
		objections++
		fmt.Printf(format+"\n", values...)
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		object("%v", err)
		os.Exit(1)
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		object("%v", err)
		os.Exit(1)
	}
	for _, warning := range parsed.Warnings {
		object("%s", warning.Short)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, description, _, message string, _ []parser.Range) {
		object("%s: %s (%s)", rule, message, description)
	}})
	stages, _, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		object("%v", err)
		os.Exit(1)
	}
	for _, stage := range stages {
		fmt.Println("stage", stage.Name)
	}
	if objections > 0 {
		os.Exit(1)
	}
}
