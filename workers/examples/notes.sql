-- The table of the example tenants.ts. The owner, a superuser and a role with BYPASSRLS see all rows without FORCE.
create table if not exists public.notes (
    id bigint generated always as identity primary key,
    tenant text not null default current_setting('app.tenant'),
    body text not null
);
alter table public.notes enable row level security;
alter table public.notes force row level security;
drop policy if exists one_tenant on public.notes;
create policy one_tenant on public.notes using (tenant = nullif(current_setting('app.tenant', true), ''));
