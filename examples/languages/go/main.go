package main

import (
	edge "example.com/pulumi-edge-postgres/sdk/go/edgepostgres"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
)

func main() {
	pulumi.Run(func(ctx *pulumi.Context) error {
		settings := config.New(ctx, "")
		accountId := pulumi.String(settings.Require("accountId"))

		database, err := edge.NewExistingPostgres(ctx, "database", &edge.ExistingPostgresArgs{
			Url: settings.RequireSecret("databaseUrl"),
		})
		if err != nil {
			return err
		}

		hyperdrive, err := edge.NewHyperdrive(ctx, "hyperdrive", &edge.HyperdriveArgs{
			AccountId: accountId,
			Origin:          database.Origin,
			ConnectionLimit: pulumi.Float64(10),
			Caching:         edge.CachingArgsArgs{Disabled: pulumi.BoolRef(true)},
		})
		if err != nil {
			return err
		}

		driver := edge.DriverPG
		api, err := edge.NewWorker(ctx, "api", &edge.WorkerArgs{
			AccountId:         accountId,
			Bundle:            settings.Require("bundle"),
			Driver:            &driver,
			CompatibilityDate: "2026-11-01",
			Hyperdrive:        map[string]pulumi.StringInput{"HYPERDRIVE": hyperdrive.HyperdriveId},
		})
		if err != nil {
			return err
		}

		ctx.Export("script", api.ScriptName)
		return nil
	})
}
