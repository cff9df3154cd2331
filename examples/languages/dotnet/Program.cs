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
        Origin = database.Origin.Apply(found => ToArgs(found)),
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

// Copies every field of an origin, because inputs and outputs of this type have different classes.
static PostgresOriginArgs ToArgs(Pulumi.EdgePostgres.Outputs.PostgresOrigin found) => new()
{
    AccessClientId = found.AccessClientId!,
    AccessClientSecret = found.AccessClientSecret!,
    CaCertificateId = found.CaCertificateId!,
    Database = found.Database,
    Endpoint = found.Endpoint!,
    Host = found.Host!,
    MaxConnections = found.MaxConnections is { } most ? most : null,
    MtlsCertificateId = found.MtlsCertificateId!,
    Password = found.Password,
    PasswordRotates = found.PasswordRotates is { } rotates ? rotates : null,
    Port = found.Port is { } port ? port : null,
    Reach = found.Reach!,
    ReservedConnections = found.ReservedConnections is { } reserved ? reserved : null,
    Scheme = found.Scheme!,
    ServiceId = found.ServiceId!,
    Sslmode = found.Sslmode!,
    User = found.User,
};
