declare namespace Cloudflare {
	interface Env {
		API_TOKEN: string;
		DB_URL: string;
		HYPERDRIVE: Hyperdrive;
		PRISMA_DIRECT_TCP_URL: string;
	}
}
interface Env extends Cloudflare.Env {}
