// Writes the SDKs of a Pulumi package in TypeScript and Go, like `pulumi package add`: sdks SCHEMA FOLDER.
//
// Pulumi's language hosts call the same generators with the same arguments.
package main

import (
	"encoding/json"
	"log"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

// alone is the loader of a package that refers to no other package.
var alone struct{ schema.ReferenceLoader }

type generator func(*schema.Package) (map[string][]byte, error)

func typescript(bound *schema.Package) (map[string][]byte, error) {
	return nodejs.GeneratePackage("pulumi-language-nodejs", bound, nil, nil, true, alone)
}

func golang(bound *schema.Package) (map[string][]byte, error) {
	return gogen.GeneratePackage("pulumi-language-go", bound, nil)
}

func main() {
	spec, folder := os.Args[1], os.Args[2]
	for language, generate := range map[string]generator{"nodejs": typescript, "go": golang} {
		// A generator changes its package, so each gets a new one.
		files, err := generate(bind(spec))
		check(err)
		for name, content := range files {
			write(filepath.Join(folder, language, name), content)
		}
	}
}

func bind(file string) *schema.Package {
	text, err := os.ReadFile(file)
	check(err)
	var spec schema.PackageSpec
	check(json.Unmarshal(text, &spec))
	// `pulumi package add` always sets this field.
	spec.Meta = &schema.MetadataSpec{SupportPack: true}
	bound, found, err := schema.BindSpec(spec, alone, schema.ValidationOptions{AllowDanglingReferences: true})
	check(err)
	if found.HasErrors() {
		log.Fatal(found)
	}
	return bound
}

func write(file string, content []byte) {
	check(os.MkdirAll(filepath.Dir(file), 0o755))
	check(os.WriteFile(file, content, 0o644))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
