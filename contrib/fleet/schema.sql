-- SPDX-License-Identifier: GPL-2.0-only
--
-- The table that `exitprobe report --format sql` fills, and what is most often asked of it:
--
--     psql -d DATABASE -f schema.sql
--     exitprobe report -f sql --host web1 --commit 1a2b3c RESULTS | psql -d DATABASE -v ON_ERROR_STOP=1
--
-- docs/fleet.md has more. For PostgreSQL 12 and later; to run it again changes nothing, and adds to a
-- table of an older version what that lacks.

CREATE TABLE IF NOT EXISTS exitprobe_result (
	time        timestamptz NOT NULL,  -- when the run began
	host        text NOT NULL,         -- of report --host; '' without
	commit      text NOT NULL,         -- of report --commit; '' without
	accel       text NOT NULL,         -- kvm, tcg or lab
	cpu         text NOT NULL,
	kvm         text,                  -- the kernel that the KVM is of
	unit        text NOT NULL,         -- of p50, p99 and parts: cycles, ticks or instructions
	tick_ns     double precision,      -- nanoseconds of one of these, if that is known
	operation   text NOT NULL,
	outcome     text NOT NULL,         -- measured, skipped, faulted ...; figures only if measured
	boots       integer NOT NULL,
	p50         bigint,
	p99         bigint,
	p50_low     bigint,                -- 95 % interval of the median
	p50_high    bigint,
	exits       numeric(20, 3),        -- of one operation
	out_part    bigint,                -- where the time goes, as in the table of exitprobe run
	kernel_part bigint,
	user_part   bigint,
	halted_part bigint,
	in_part     bigint,
	reason      text,
	as_expected boolean,
	counts      text,                  -- who counted exits: leaf, trace, stats, none; it costs part of p50
	PRIMARY KEY (host, accel, cpu, operation, time, commit)
);

-- Its rows have NULL there, which is a way of its own below.
ALTER TABLE exitprobe_result ADD COLUMN IF NOT EXISTS counts text;

CREATE INDEX IF NOT EXISTS exitprobe_result_commit ON exitprobe_result (commit, operation);

-- Each run beside the one before it on the same host whose exits were counted in the same way,
-- operation by operation.
CREATE OR REPLACE VIEW exitprobe_change AS
SELECT host, accel, cpu, operation, unit, time, commit, p50, p99, exits,
	lag(time) OVER run AS base_time,
	lag(commit) OVER run AS base_commit,
	lag(p50) OVER run AS base_p50,
	round(100.0 * (p50 - lag(p50) OVER run) / nullif(lag(p50) OVER run, 0), 2) AS percent,
	-- The intervals do not overlap.
	p50_low > lag(p50_high) OVER run AS slower,
	p50_high < lag(p50_low) OVER run AS faster,
	exits > lag(exits) OVER run AS more_exits,
	counts
FROM exitprobe_result
WHERE outcome = 'measured'
WINDOW run AS (PARTITION BY host, accel, cpu, operation, unit, counts ORDER BY time, commit);

-- The last run of each host: no operation that only runs before it had.
CREATE OR REPLACE VIEW exitprobe_last AS
SELECT exitprobe_result.*
FROM exitprobe_result
JOIN (
	SELECT DISTINCT ON (host, accel, cpu) host, accel, cpu, time, commit
	FROM exitprobe_result
	ORDER BY host, accel, cpu, time DESC, commit DESC
) AS last USING (host, accel, cpu, time, commit);
