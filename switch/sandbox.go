package main

import (
	"context"
	"fmt"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"github.com/causeway-pay/causeway/connectors/sandbox"
)

// sandboxCommand runs a sandbox partner.
type sandboxCommand struct {
	Config string `required:"" type:"path" help:"Configuration file (YAML) of the partner."`
	leash
}

// Run implements the command.
func (c sandboxCommand) Run(ctx context.Context) error {
	k := koanf.New(".")
	if err := k.Load(file.Provider(c.Config), yaml.Parser()); err != nil {
		return fmt.Errorf("config %s: %w", c.Config, err)
	}
	var config sandbox.Config
	if err := k.Unmarshal("", &config); err != nil {
		return fmt.Errorf("config %s: %w", c.Config, err)
	}
	return sandbox.Run(c.bind(ctx), config)
}
