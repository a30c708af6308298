package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Module is the module's path.
const Module = "github.com/causeway-pay/causeway"

// File is one Go source file of the module.
type File struct {
	// Path is relative to the module's root, with slashes.
	Path string
	// Package is the directory of the file, relative to the module's root.
	Package string
	Test    bool
	// Lines counts lines.
	Lines   int
	Imports []string
	Syntax  *ast.File
	Set     *token.FileSet
}

// Root returns the module's root above a directory.
func Root(from string) (string, error) {
	for dir := from; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("archtest: no go.mod above %s", from)
		}
	}
}

// Read parses every Go file of the module except generated ones and testdata.
func Read(root string) ([]File, error) {
	var files []File
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped(root, path, entry.Name()) {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		file, err := readFile(set, root, path)
		if err == nil && !ast.IsGenerated(file.Syntax) {
			files = append(files, file)
		}
		return err
	})
	return files, err
}

// skipped leaves out hidden folders, test data and nested modules.
func skipped(root, path, name string) bool {
	if path == root {
		return false
	}
	if name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") {
		return true
	}
	_, err := os.Stat(filepath.Join(path, "go.mod"))
	return err == nil
}

func readFile(set *token.FileSet, root, path string) (File, error) {
	source, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	syntax, err := parser.ParseFile(set, path, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return File{}, err
	}
	relative, err := filepath.Rel(root, path)
	if err != nil {
		return File{}, err
	}
	relative = filepath.ToSlash(relative)
	file := File{
		Path: relative, Package: filepath.ToSlash(filepath.Dir(relative)), Test: strings.HasSuffix(path, "_test.go"),
		Lines: strings.Count(string(source), "\n"), Syntax: syntax, Set: set,
	}
	for _, spec := range syntax.Imports {
		name, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return File{}, err
		}
		file.Imports = append(file.Imports, name)
	}
	return file, nil
}
