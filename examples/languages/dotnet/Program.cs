using System.Collections.Generic;
using Pulumi;
using Pulumi.EdgePostgres;
using Pulumi.EdgePostgres.Inputs;

return await Deployment.RunAsync(() =>
{
    var config = new Config();
    var accountId = config.Require("accountId");

    var database = new ExistingPostgres("database", new ExistingPostgresArgs { Url = config.RequireSecret("databaseUrl") });

    var hyperdrive = new Hyperdrive("hyperdrive", new HyperdriveArgs
    {
        AccountId = accountId,
        // Field by field, because inputs and outputs of this type have different classes.
        Origin = new PostgresOriginArgs
        {
            Host = database.Host.Apply(host => host!),
            Port = database.Port.Apply(port => port!.Value),
            Database = database.Database,
            User = database.User,
            Password = database.Password,
        },
        ConnectionLimit = 10,
        Caching = new CachingArgsArgs { Disabled = true },
    });

    var api = new Worker("api", new WorkerArgs
    {
        AccountId = accountId,
        Bundle = config.Require("bundle"),
        Driver = Driver.Pg,
        CompatibilityDate = "2026-11-01",
        Hyperdrive = { ["HYPERDRIVE"] = hyperdrive.HyperdriveId },
    });

    return new Dictionary<string, object?> { ["script"] = api.ScriptName };
});
