-- Dates (days since 1970), instants (milliseconds since 1970) and times of day (milliseconds) of formulas. The smallest
-- integer stands for a step that failed; null is blank. Years go from 1 to 9999.

CREATE OR REPLACE FUNCTION hf_checked_day(day numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN CASE WHEN day BETWEEN -719162 AND 2932896 THEN day::bigint ELSE -9223372036854775808 END;

CREATE OR REPLACE FUNCTION hf_checked_instant(ms numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN CASE WHEN ms BETWEEN -62135596800000 AND 253402300799999 THEN ms::bigint ELSE -9223372036854775808 END;

CREATE OR REPLACE FUNCTION hf_add_days(day bigint, more numeric) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_checked_day(day + trunc(more));

-- To the nearest second.
CREATE OR REPLACE FUNCTION hf_add_time(ms bigint, days numeric) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE seconds numeric := hf_digits(days * 86400);
BEGIN
  IF seconds = 'NaN' THEN RETURN -9223372036854775808; END IF;
  RETURN hf_checked_instant(ms + round(seconds) * 1000);
END $$;

-- The clock goes round at midnight.
CREATE OR REPLACE FUNCTION hf_clock(ms bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN ((ms % 86400000) + 86400000) % 86400000;

-- The first day of a month that is so many months after year 0 began, and the days that the month has.
CREATE OR REPLACE FUNCTION hf_month(months numeric, OUT first_day bigint, OUT days int)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  y int := floor(months / 12)::int;
  m int := (months - floor(months / 12) * 12)::int + 1;
BEGIN
  first_day := make_date(y, m, 1) - DATE '1970-01-01';
  days := CASE WHEN m IN (4, 6, 9, 11) THEN 30 WHEN m <> 2 THEN 31
    WHEN y % 4 = 0 AND (y % 100 <> 0 OR y % 400 = 0) THEN 29 ELSE 28 END;
END $$;

CREATE OR REPLACE FUNCTION hf_date(year numeric, month numeric, day numeric) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE y numeric := trunc(year); m numeric := trunc(month); d numeric := trunc(day); found record;
BEGIN
  IF y < 1 OR y > 9999 OR m < 1 OR m > 12 OR d < 1 THEN RETURN -9223372036854775808; END IF;
  found := hf_month(y * 12 + m - 1);
  IF d > found.days THEN RETURN -9223372036854775808; END IF;
  RETURN found.first_day + d::bigint - 1;
END $$;

-- The same day of another month; the last day stays the last.
CREATE OR REPLACE FUNCTION hf_add_months(day bigint, more numeric) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  civil date := DATE '1970-01-01' + day::int;
  months numeric := extract(year FROM civil) * 12 + extract(month FROM civil) - 1;
  d int := extract(day FROM civil)::int;
  was record;
  found record;
BEGIN
  IF day < -719162 OR day > 2932896 THEN RETURN -9223372036854775808; END IF;
  was := hf_month(months);
  months := months + trunc(more);
  IF months < 12 OR months > 119999 THEN RETURN -9223372036854775808; END IF;
  found := hf_month(months);
  RETURN found.first_day + (CASE WHEN d = was.days THEN found.days ELSE LEAST(d, found.days) END) - 1;
END $$;

CREATE OR REPLACE FUNCTION hf_add_months_to_instant(ms bigint, more numeric) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE day bigint := hf_add_months(hf_floor_divide(ms, 86400000), more);
BEGIN
  IF day = -9223372036854775808 THEN RETURN day; END IF;
  RETURN day * 86400000 + hf_clock(ms);
END $$;

-- The day on the calendar of a zone at an instant.
CREATE OR REPLACE FUNCTION hf_day_in(ms bigint, zone text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN ((((TIMESTAMP '1970-01-01' + hf_floor_divide(ms, 86400000)::int * INTERVAL '1 day'
    + hf_clock(ms) * INTERVAL '1 millisecond') AT TIME ZONE 'UTC') AT TIME ZONE zone)::date - DATE '1970-01-01')::bigint;

-- A part of a date; years before the first count on below it.
CREATE OR REPLACE FUNCTION hf_part(part text, day bigint) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE found numeric := date_part(part, DATE '1970-01-01' + day::int)::numeric;
BEGIN
  RETURN CASE WHEN found < 0 THEN found + 1 ELSE found END;
END $$;

CREATE OR REPLACE FUNCTION hf_date_text(day bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE STRICT
  RETURN to_char(DATE '1970-01-01' + day::int, 'YYYY-MM-DD');

CREATE OR REPLACE FUNCTION hf_time_text(ms bigint) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN lpad((ms / 3600000)::text, 2, '0') || ':' || lpad((ms / 60000 % 60)::text, 2, '0') || ':'
    || lpad((ms / 1000 % 60)::text, 2, '0') || '.' || lpad((ms % 1000)::text, 3, '0');

CREATE OR REPLACE FUNCTION hf_instant_text(ms bigint) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE STRICT
  RETURN hf_date_text(hf_floor_divide(ms, 86400000)) || ' ' || left(hf_time_text(hf_clock(ms)), 8) || 'Z';

CREATE OR REPLACE FUNCTION hf_date_read(x text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE parts text[] := regexp_match(hf_trim(x), '^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})$');
BEGIN
  IF parts IS NULL THEN RETURN -9223372036854775808; END IF;
  RETURN hf_date(parts[1]::numeric, parts[2]::numeric, parts[3]::numeric);
END $$;

CREATE OR REPLACE FUNCTION hf_clock_read(x text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE parts text[] := regexp_match(x, '^([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})(?:[.]([0-9]{1,3}))?[Zz]?$');
BEGIN
  IF parts IS NULL OR parts[1]::int > 23 OR parts[2]::int > 59 OR parts[3]::int > 59 THEN
    RETURN -9223372036854775808;
  END IF;
  RETURN ((parts[1]::bigint * 60 + parts[2]::bigint) * 60 + parts[3]::bigint) * 1000
    + rpad(COALESCE(parts[4], '0'), 3, '0')::bigint;
END $$;

CREATE OR REPLACE FUNCTION hf_time_read(x text) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_clock_read(hf_trim(x));

CREATE OR REPLACE FUNCTION hf_instant_read(x text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  parts text[] := regexp_match(hf_trim(x), '^([0-9]{4}-[0-9]{1,2}-[0-9]{1,2})[ T] *([0-9:.]+[Zz]?)$');
  day bigint;
  clock bigint;
BEGIN
  IF parts IS NULL THEN RETURN -9223372036854775808; END IF;
  day := hf_date_read(parts[1]);
  clock := hf_clock_read(parts[2]);
  IF day = -9223372036854775808 OR clock = -9223372036854775808 THEN RETURN -9223372036854775808; END IF;
  RETURN day * 86400000 + clock;
END $$;

CREATE OR REPLACE FUNCTION hf_from_unix(seconds numeric) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE ms numeric := hf_digits(seconds * 1000);
BEGIN
  IF ms = 'NaN' THEN RETURN -9223372036854775808; END IF;
  RETURN hf_checked_instant(trunc(ms));
END $$;

CREATE OR REPLACE FUNCTION hf_duration(seconds numeric, with_days boolean) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  total numeric := abs(trunc(seconds));
  hours numeric := div(total, 3600);
  rest text := ':' || lpad(mod(div(total, 60), 60)::text, 2, '0') || ':' || lpad(mod(total, 60)::text, 2, '0');
BEGIN
  IF with_days THEN
    RETURN div(hours, 24)::text || ':' || lpad(mod(hours, 24)::text, 2, '0') || rest;
  END IF;
  RETURN CASE WHEN hours < 10 THEN '0' ELSE '' END || hours::text || rest;
END $$;
