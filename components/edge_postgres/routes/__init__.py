"""Network routes to a private database: Workers VPC services, tunnels with Access, and the connectors behind them."""
