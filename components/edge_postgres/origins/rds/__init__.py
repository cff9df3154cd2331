"""Amazon RDS for PostgreSQL and Aurora Serverless v2 with their network, and RDS Proxy."""
