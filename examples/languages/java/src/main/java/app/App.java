package app;

import com.pulumi.Pulumi;
import com.pulumi.core.Output;
import com.pulumi.edgepostgres.ExistingPostgres;
import com.pulumi.edgepostgres.ExistingPostgresArgs;
import com.pulumi.edgepostgres.Hyperdrive;
import com.pulumi.edgepostgres.HyperdriveArgs;
import com.pulumi.edgepostgres.Worker;
import com.pulumi.edgepostgres.WorkerArgs;
import com.pulumi.edgepostgres.enums.Driver;
import com.pulumi.edgepostgres.inputs.CachingArgsArgs;
import com.pulumi.edgepostgres.inputs.PostgresOriginArgs;
import com.pulumi.edgepostgres.outputs.PostgresOrigin;
import java.util.Map;

public class App {
    public static void main(String[] args) {
        Pulumi.run(context -> {
            var config = context.config();
            var accountId = config.require("accountId");

            var database = new ExistingPostgres("database", ExistingPostgresArgs.builder()
                .url(config.requireSecret("databaseUrl"))
                .build());

            var hyperdrive = new Hyperdrive("hyperdrive", HyperdriveArgs.builder()
                .accountId(accountId)
                .origin(database.origin().applyValue(App::toArgs))
                .connectionLimit(10.0)
                .caching(CachingArgsArgs.builder().disabled(true).build())
                .build());

            var api = new Worker("api", WorkerArgs.builder()
                .accountId(accountId)
                .bundle(config.require("bundle"))
                .driver(Driver.PG)
                .compatibilityDate("2026-11-01")
                .hyperdrive(Map.of("HYPERDRIVE", hyperdrive.hyperdriveId()))
                .build());

            context.export("script", api.scriptName());
        });
    }

    /** Copies every field of an origin, because inputs and outputs of this type have different classes. */
    static PostgresOriginArgs toArgs(PostgresOrigin found) {
        return PostgresOriginArgs.builder()
            .accessClientId(Output.ofNullable(found.accessClientId().orElse(null)))
            .accessClientSecret(Output.ofNullable(found.accessClientSecret().orElse(null)))
            .caCertificateId(Output.ofNullable(found.caCertificateId().orElse(null)))
            .database(found.database())
            .endpoint(Output.ofNullable(found.endpoint().orElse(null)))
            .host(Output.ofNullable(found.host().orElse(null)))
            .maxConnections(Output.ofNullable(found.maxConnections().orElse(null)))
            .mtlsCertificateId(Output.ofNullable(found.mtlsCertificateId().orElse(null)))
            .password(found.password())
            .passwordRotates(Output.ofNullable(found.passwordRotates().orElse(null)))
            .port(Output.ofNullable(found.port().orElse(null)))
            .reach(Output.ofNullable(found.reach().orElse(null)))
            .reservedConnections(Output.ofNullable(found.reservedConnections().orElse(null)))
            .scheme(Output.ofNullable(found.scheme().orElse(null)))
            .serviceId(Output.ofNullable(found.serviceId().orElse(null)))
            .sslmode(Output.ofNullable(found.sslmode().orElse(null)))
            .user(found.user())
            .build();
    }
}
