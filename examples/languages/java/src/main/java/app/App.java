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
                // Field by field, because inputs and outputs of this type have different classes.
                .origin(PostgresOriginArgs.builder()
                    .host(database.host().applyValue(host -> host.orElseThrow()))
                    .port(database.port().applyValue(port -> port.orElseThrow()))
                    .database(database.database())
                    .user(database.user())
                    .password(database.password())
                    .build())
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
}
