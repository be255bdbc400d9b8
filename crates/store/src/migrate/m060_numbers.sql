-- Numbers of formulas. NaN stands for a step that failed; null is blank.

-- A result as formulas hold it: 28 significant digits, at most 28 decimal places, rounded half away from zero.
CREATE OR REPLACE FUNCTION hf_digits(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE whole int; rounded numeric;
BEGIN
  IF abs(x) < 1 THEN RETURN round(x, 28); END IF;
  whole := length(trunc(abs(x))::text);
  IF whole > 28 THEN RETURN 'NaN'; END IF;
  rounded := round(x, 28 - whole);
  IF abs(rounded) >= 10000000000000000000000000000 THEN RETURN 'NaN'; END IF;
  RETURN rounded;
END $$;

CREATE OR REPLACE FUNCTION hf_divide(a numeric, b numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE whole numeric; places int; scaled numeric; quotient numeric; unit numeric;
BEGIN
  whole := div(abs(a), abs(b));
  places := CASE WHEN whole = 0 THEN 28 ELSE 28 - length(whole::text) END;
  IF places < 0 THEN RETURN 'NaN'; END IF;
  unit := ('1' || repeat('0', places))::numeric;
  scaled := abs(a) * unit;
  quotient := div(scaled, abs(b));
  IF 2 * (scaled - quotient * abs(b)) >= abs(b) THEN quotient := quotient + 1; END IF;
  quotient := quotient * ('1e-' || places)::numeric;
  IF quotient >= 10000000000000000000000000000 THEN RETURN 'NaN'; END IF;
  RETURN CASE WHEN sign(a) * sign(b) < 0 THEN - quotient ELSE quotient END;
END $$;

-- A float with the 15 digits that it reliably carries.
CREATE OR REPLACE FUNCTION hf_from_float(x double precision) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF x = 'NaN' OR abs(x) = 'Infinity' THEN RETURN 'NaN'; END IF;
  RETURN hf_digits(x::numeric);
END $$;

CREATE OR REPLACE FUNCTION hf_exp(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF x > 65 THEN RETURN 'NaN'; END IF;
  IF x < -70 THEN RETURN 0; END IF;
  RETURN hf_from_float(exp(x::double precision));
END $$;

CREATE OR REPLACE FUNCTION hf_ln(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF x <= 0 THEN RETURN 'NaN'; END IF;
  RETURN hf_from_float(ln(x::double precision));
END $$;

CREATE OR REPLACE FUNCTION hf_log(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF x <= 0 THEN RETURN 'NaN'; END IF;
  RETURN hf_from_float(log(x::double precision));
END $$;

CREATE OR REPLACE FUNCTION hf_sqrt(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF x < 0 THEN RETURN 'NaN'; END IF;
  RETURN hf_from_float(sqrt(x::double precision));
END $$;

CREATE OR REPLACE FUNCTION hf_acos(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF abs(x::double precision) > 1 THEN RETURN 'NaN'; END IF;
  RETURN hf_from_float(acos(x::double precision));
END $$;

CREATE OR REPLACE FUNCTION hf_asin(x numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF abs(x::double precision) > 1 THEN RETURN 'NaN'; END IF;
  RETURN hf_from_float(asin(x::double precision));
END $$;

CREATE OR REPLACE FUNCTION hf_atan(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_from_float(atan(x::double precision));
CREATE OR REPLACE FUNCTION hf_atan2(y numeric, x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_from_float(atan2(y::double precision, x::double precision));
CREATE OR REPLACE FUNCTION hf_cos(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_from_float(cos(x::double precision));
CREATE OR REPLACE FUNCTION hf_sin(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_from_float(sin(x::double precision));
CREATE OR REPLACE FUNCTION hf_tan(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_from_float(tan(x::double precision));

CREATE OR REPLACE FUNCTION hf_power(base numeric, exponent numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE result numeric := 1; square numeric := base; remaining numeric := abs(exponent); size double precision;
BEGIN
  IF base = 0 AND exponent < 0 THEN RETURN 'NaN'; END IF;
  IF exponent <> trunc(exponent) THEN
    IF base < 0 THEN RETURN 'NaN'; END IF;
    IF base = 0 THEN RETURN 0; END IF;
    size := exponent::double precision * ln(base::double precision);
    IF size > 65 THEN RETURN 'NaN'; END IF;
    IF size < -70 THEN RETURN 0; END IF;
    RETURN hf_from_float(power(base::double precision, exponent::double precision));
  END IF;
  IF remaining > 18446744073709551615 THEN RETURN 'NaN'; END IF;
  WHILE remaining > 0 LOOP
    IF mod(remaining, 2) = 1 THEN
      result := hf_digits(result * square);
      EXIT WHEN result = 'NaN';
    END IF;
    remaining := div(remaining, 2);
    IF remaining > 0 THEN
      square := hf_digits(square * square);
      IF square = 'NaN' THEN result := 'NaN'; EXIT; END IF;
    END IF;
  END LOOP;
  IF exponent >= 0 THEN RETURN result; END IF;
  -- The reciprocal of what is too big to hold is too small to tell from 0.
  IF result = 'NaN' THEN RETURN 0; END IF;
  IF result = 0 THEN RETURN 'NaN'; END IF;
  RETURN hf_divide(1, result);
END $$;

-- Without the decimal places beyond the 22nd digit.
CREATE OR REPLACE FUNCTION hf_steady(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN round(x, CASE WHEN abs(x) < 1 THEN 22 ELSE GREATEST(22 - length(trunc(abs(x))::text), 0) END);
CREATE OR REPLACE FUNCTION hf_ceiling(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN sign(x) * ceil(abs(hf_steady(x)));
CREATE OR REPLACE FUNCTION hf_floor(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN trunc(hf_steady(x));
CREATE OR REPLACE FUNCTION hf_mceiling(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN ceil(hf_steady(x));
CREATE OR REPLACE FUNCTION hf_mfloor(x numeric) RETURNS numeric LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN floor(hf_steady(x));

CREATE OR REPLACE FUNCTION hf_round(x numeric, places numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE rounded numeric;
BEGIN
  IF trunc(places) < -28 THEN RETURN 0; END IF;
  rounded := round(x, LEAST(trunc(places), 28)::int);
  IF abs(rounded) >= 10000000000000000000000000000 THEN RETURN 'NaN'; END IF;
  RETURN rounded;
END $$;

CREATE OR REPLACE FUNCTION hf_trunc(x numeric, places numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF trunc(places) < -28 THEN RETURN 0; END IF;
  RETURN trunc(x, LEAST(trunc(places), 28)::int);
END $$;

-- The integer in which a column holds a number, null when it has more digits before the point than the field.
CREATE OR REPLACE FUNCTION hf_scaled(x numeric, whole int, places int) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE rounded numeric := round(x, places);
BEGIN
  IF abs(rounded) >= ('1' || repeat('0', whole))::numeric THEN RETURN NULL; END IF;
  RETURN (rounded * ('1' || repeat('0', places))::numeric)::bigint;
END $$;

CREATE OR REPLACE FUNCTION hf_distance(lat1 numeric, lon1 numeric, lat2 numeric, lon2 numeric, unit text) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  degree constant double precision := 0.017453292519943295;
  a double precision := lat1::double precision * degree;
  b double precision := lat2::double precision * degree;
  height double precision;
  width double precision;
  square double precision;
BEGIN
  IF unit NOT IN ('mi', 'km') THEN RETURN 'NaN'; END IF;
  height := sin((b - a) / 2.0);
  width := sin((lon2::double precision * degree - lon1::double precision * degree) / 2.0);
  square := height * height + cos(a) * cos(b) * (width * width);
  RETURN hf_from_float(
    2.0 * asin(sqrt(LEAST(square, 1.0))) * CASE unit WHEN 'km' THEN 6371.009 ELSE 3958.761 END::double precision);
END $$;

-- A number of characters: not below 0.
CREATE OR REPLACE FUNCTION hf_count(x numeric) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN LEAST(GREATEST(trunc(x), 0), 2147483647)::int;

-- A place counted from 1.
CREATE OR REPLACE FUNCTION hf_start(x numeric) RETURNS int LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN GREATEST(hf_count(x), 1);

CREATE OR REPLACE FUNCTION hf_floor_divide(a bigint, b bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN (a - ((a % b) + b) % b) / b;
