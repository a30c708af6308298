package main

import (
	"context"
	"fmt"

	"github.com/go-viper/mapstructure/v2"
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
	config, err := loadPartner(c.Config)
	if err != nil {
		return fmt.Errorf("config %s: %w", c.Config, err)
	}
	partner, err := sandbox.Start(c.bind(ctx), config)
	if err != nil {
		return err
	}
	fmt.Printf("%s %s: the hub calls it at %s, people and tests at %s\n", config.Role, config.Participant,
		partner.URL(), partner.ControlURL())
	return partner.Wait()
}

// loadPartner reads a partner's configuration, and refuses keys that it does not have.
func loadPartner(path string) (sandbox.Config, error) {
	var config sandbox.Config
	k := koanf.New(".")
	if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
		return config, err
	}
	return config, k.UnmarshalWithConf("", &config, koanf.UnmarshalConf{
		DecoderConfig: &mapstructure.DecoderConfig{
			Result: &config, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		},
	})
}
