-- The table of the examples queue.ts and workflow.ts. `source` is the id of the message or of the instance.
create table if not exists public.items (
    id bigint generated always as identity primary key,
    name text not null,
    created_at timestamptz not null default now()
);
alter table public.items add column if not exists source text unique;
