"""A recorded past of any length, made where it is kept: leads of the template `mittelstand` and what they did."""

from __future__ import annotations

import json
from datetime import datetime

import asyncpg

LEADS_OF_ACCOUNT = 3
_WORDS = {
    "types": [
        *("product-page-visit", "newsletter-click", "datasheet-download", "webinar-attended", "case-study-download"),
        *("product-page-visit", "newsletter-click", "roi-calculator", "sales-call", "contact-form"),
    ],
    "lines": ["tray-sealers", "flow-wrappers", "case-packers", "palletizers", "spare-parts"],
    "functions": ["technical-director", "production-manager", "purchasing-manager", "buyer", "consultant", "other"],
    "roles": ["decider", "influencer", "user", "buyer", "gatekeeper"],
    "timings": ["within-6-months", "within-12-months", "later", "no-project"],
    "countries": ["DE", "DE", "DE", "AT", "CH", "FR", "PL", "US"],
    "industries": ["food", "beverages", "pharma", "chemicals", "logistics", "education", "other"],
    "relations": ["new", "new", "new", "customer", "dealer", "competitor"],
}
_LEAD_VALUES = {
    "lastName": "to_jsonb('Name ' || n)",
    "email": "to_jsonb('lead-' || n || '@example.org')",
    "phone": "case when past_chance(n, 21, 4) > 0 then to_jsonb('+49 201 ' || n) end",
    "function": "past_pick($functions, n, 22)",
    "buyingRole": "past_pick($roles, n, 23)",
    "productInterest": "jsonb_build_array(past_pick($lines, n, 24), past_pick($lines, n, 25))",
    "projectTiming": "past_pick($timings, n, 26)",
    "budget": "to_jsonb((past_chance(n, 27, 400000) + 0.5)::numeric(12, 2)::text)",
    "@account": "to_jsonb(past_id(cast($start as timestamptz), 'account', account)::text)",
}
_ACCOUNT_VALUES = {
    "country": "past_pick($countries, n, 31)",
    "postalCode": "to_jsonb(lpad(past_chance(n, 32, 100000)::text, 5, '0'))",
    "employees": "to_jsonb(past_chance(n, 33, 1500))",
    "industry": "past_pick($industries, n, 34)",
    "relation": "past_pick($relations, n, 35)",
    "packagingLines": "to_jsonb(past_chance(n, 36, 9))",
}
# `past_chance` is as good as random and the same in every run; the first 48 bits of an id are its moment.
_SCRIPT = """
set statement_timeout = 0; set synchronous_commit = off;
create or replace function past_chance(n bigint, salt bigint, below bigint) returns bigint
  language sql immutable parallel safe as $f$ select (hashint8extended(n, salt) & 9007199254740991) % below $f$;
create or replace function past_id(at timestamptz, kind text, n bigint) returns uuid
  language sql immutable parallel safe as $f$
  select (lpad(to_hex(floor(extract(epoch from at) * 1000)::bigint), 12, '0') || substr(md5(kind || n), 13))::uuid $f$;
create or replace function past_pick(words jsonb, n bigint, salt bigint) returns jsonb
  language sql immutable parallel safe as $f$ select words -> past_chance(n, salt, jsonb_array_length(words))::int $f$;
create temp table past_account as select n, past_id($start, 'account', n) as id, cast($start as timestamptz) as at
  from generate_series(0, ($leads - 1) / $each) n;
create temp table past_lead as select n, at, past_id(at, 'lead', n) as id, n / $each as account,
  past_chance(n, 9, 16) as number, past_chance(n, 10, 100) as fate
  from (select n, cast($start as timestamptz) + (cast($until as timestamptz) - $start) * 0.9 * n / $leads as at
    from generate_series(0, cast($leads as bigint) - 1) n) placed;
create temp table past_activity as select l.n * 16 + i as n, l.id as lead_id, l.number,
  l.at + (cast($until as timestamptz) - l.at) * past_chance(l.n * 16 + i, 11, 1000000) / 1000000.0 as at,
  past_pick($types, l.n * 16 + i, 12) ->> 0 as type
  from past_lead l cross join lateral generate_series(0, l.number - 1) i;
insert into account (id, key, name, fields, created_at, changed_at)
  select id, 'account-' || n, 'Account ' || n, '{}', at, at from past_account;
insert into lead (id, account_id, stage, stage_kind, stage_since, contact_owner, fields, created_at, changed_at)
  select id, past_id($start, 'account', account), 'contact',
  case when fate < 3 then 'WON' when fate < 20 then 'LOST' else 'PROSPECT' end, at, 'MARKETING', '{}', at, at
  from past_lead;
insert into lead_key (source, external_id, lead_id) select 'past', 'lead-' || n, id from past_lead;
insert into activity (id, lead_id, source, key, type, occurred_at, recorded_at, fields)
  select past_id(at, 'activity', n), lead_id, 'past', 'activity-' || n, type, at, at,
  case type when 'product-page-visit' then jsonb_build_object('seconds', past_chance(n, 13, 120))
    when 'webinar-attended' then jsonb_build_object('minutes', past_chance(n, 13, 60))
    when 'datasheet-download' then jsonb_build_object('productLine', past_pick($lines, n, 13))
    else '{}' end
  from past_activity order by at;
insert into stage_change (id, lead_id, to_stage, to_kind, at, recorded_at)
  select past_id(at, 'stage', n), id, 'contact', 'PROSPECT', at, at from past_lead;
insert into stage_change (id, lead_id, from_stage, to_stage, to_kind, at, recorded_at)
  select past_id(at, 'accepted', n), id, 'contact', 'sal', 'ACCEPTED', at + interval '1 hour', at from past_lead
  where fate % 10 = 1;
"""
_VALUES = """
insert into field_value (subject_id, field, value, valid_from, recorded_at, source)
  select id, name, value, at, at, 'past' from $table, lateral (values $values) v(name, value) where value is not null;
"""
_CHANGED = """
insert into field_value (subject_id, field, value, valid_from, recorded_at, source)
  select id, 'projectTiming', past_pick($timings, n, 41), at + (cast($until as timestamptz) - at) / 2, at, 'past'
  from past_lead where n % 5 = 0;
drop table past_account, past_lead, past_activity; analyze; reset statement_timeout;
"""


async def bring_about(
    connection: asyncpg.Connection[asyncpg.Record], *, leads: int, start: datetime, until: datetime
) -> None:
    """Write so many leads that came between two moments, each with none to fifteen activities since."""
    script = _SCRIPT + "".join(
        _VALUES.replace("$table", table).replace("$values", ", ".join(f"('{k}', {v})" for k, v in values.items()))
        for table, values in (("past_lead", _LEAD_VALUES), ("past_account", _ACCOUNT_VALUES))
    )
    given = {"start": f"timestamptz '{start.isoformat()}'", "until": f"timestamptz '{until.isoformat()}'"}
    given |= {"leads": str(leads), "each": str(LEADS_OF_ACCOUNT)}
    given |= {name: f"jsonb '{json.dumps(words)}'" for name, words in _WORDS.items()}
    script += _CHANGED
    for name, value in given.items():
        script = script.replace(f"${name}", value)
    await connection.execute(script, timeout=3600)
