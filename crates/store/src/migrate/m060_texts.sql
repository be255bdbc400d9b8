-- Texts and ids of formulas.

-- White space as Unicode has it.
CREATE OR REPLACE FUNCTION hf_trim(x text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN btrim(x, E'\t\n\u000b\u000c\r \u0085\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000');

CREATE OR REPLACE FUNCTION hf_is_number(x text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN hf_trim(x) ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'
    AND length(regexp_replace(regexp_replace(hf_trim(x), '[eE].*$', ''), '[^0-9]', '', 'g')) <= 40;

CREATE OR REPLACE FUNCTION hf_number(x text) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
  IF NOT hf_is_number(x) THEN RETURN 'NaN'; END IF;
  RETURN hf_digits(hf_trim(x)::numeric);
END $$;

CREATE OR REPLACE FUNCTION hf_lower(x text, locale text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN CASE WHEN split_part(split_part(locale, '_', 1), '-', 1) IN ('tr', 'az')
    THEN lower(replace(replace(x, 'I', U&'\0131'), U&'\0130', 'i') COLLATE "und-x-icu")
    ELSE lower(x COLLATE "und-x-icu") END COLLATE "default";

CREATE OR REPLACE FUNCTION hf_upper(x text, locale text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN CASE WHEN split_part(split_part(locale, '_', 1), '-', 1) IN ('tr', 'az')
    THEN upper(replace(x, 'i', U&'\0130') COLLATE "und-x-icu")
    ELSE upper(x COLLATE "und-x-icu") END COLLATE "default";

-- Upper case starts each word; a word is a run of digits and of letters that have a case.
CREATE OR REPLACE FUNCTION hf_init_cap(x text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE result text := ''; starts boolean := TRUE; c text;
BEGIN
  FOREACH c IN ARRAY string_to_array(x, NULL) LOOP
    result := result || CASE WHEN starts THEN hf_upper(c, '') ELSE hf_lower(c, '') END;
    starts := NOT (c ~ '^[0-9]$') AND hf_lower(c, '') = hf_upper(c, '');
  END LOOP;
  RETURN result;
END $$;

-- The character with a code point; null where there is none.
CREATE OR REPLACE FUNCTION hf_char(code numeric) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE c numeric := trunc(code);
BEGIN
  IF c < 1 OR c > 1114111 OR c BETWEEN 55296 AND 57343 THEN RETURN NULL; END IF;
  RETURN chr(c::int);
END $$;

-- Position counted from 1, in a text from a start on; 0 when it does not occur.
CREATE OR REPLACE FUNCTION hf_find(search text, x text, start numeric) RETURNS numeric LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE skipped int := GREATEST(hf_count(COALESCE(start, 0)) - 1, 0); at int;
BEGIN
  IF search = '' OR skipped >= char_length(x) THEN RETURN 0; END IF;
  at := position(search in substr(x, skipped + 1));
  RETURN CASE WHEN at = 0 THEN 0 ELSE skipped + at END;
END $$;

-- How many characters a substitution would come to.
CREATE OR REPLACE FUNCTION hf_substituted_chars(x text, old text, new text) RETURNS bigint
LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN CASE WHEN old = '' THEN char_length(x)::bigint ELSE
    char_length(x)::bigint + (char_length(x) - char_length(replace(x, old, ''))) / char_length(old)
      * (char_length(new) - char_length(old))::bigint END;

CREATE OR REPLACE FUNCTION hf_short(x text, most int) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
  RETURN CASE WHEN char_length(x) <= most THEN x END;

-- The 18 characters of an id.
CREATE OR REPLACE FUNCTION hf_id_text(id bigint) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  checks constant text := 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  prefix bigint := id >> 45;
  number bigint := id & 35184372088831;
  result text := '';
  bits int;
BEGIN
  FOR i IN 1..12 LOOP
    result := substr(digits, (number % 62)::int + 1, 1) || result;
    number := number / 62;
  END LOOP;
  FOR i IN 1..3 LOOP
    result := substr(digits, (prefix % 62)::int + 1, 1) || result;
    prefix := prefix / 62;
  END LOOP;
  FOR chunk IN 0..2 LOOP
    bits := 0;
    FOR place IN 0..4 LOOP
      IF substr(result, chunk * 5 + place + 1, 1) ~ '^[A-Z]$' THEN bits := bits | (1 << place); END IF;
    END LOOP;
    result := result || substr(checks, bits + 1, 1);
  END LOOP;
  RETURN result;
END $$;

-- The id of 15 characters, or of 18 whose case is restored from the last three; null for other texts.
CREATE OR REPLACE FUNCTION hf_id_read(x text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
  digits constant text := '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  checks constant text := 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345';
  chars text := '';
  bits int;
  c text;
  prefix bigint := 0;
  number numeric := 0;
BEGIN
  IF NOT x ~ '^([0-9A-Za-z]{15}|[0-9A-Za-z]{18})$' THEN RETURN NULL; END IF;
  IF length(x) = 15 THEN
    chars := x;
  ELSE
    FOR chunk IN 0..2 LOOP
      bits := position(upper(substr(x, 16 + chunk, 1) COLLATE "C") in checks) - 1;
      IF bits < 0 THEN RETURN NULL; END IF;
      FOR place IN 0..4 LOOP
        c := substr(x, chunk * 5 + place + 1, 1);
        IF bits & (1 << place) <> 0 THEN
          IF NOT c ~ '^[A-Za-z]$' THEN RETURN NULL; END IF;
          chars := chars || upper(c COLLATE "C");
        ELSE
          chars := chars || lower(c COLLATE "C");
        END IF;
      END LOOP;
    END LOOP;
  END IF;
  FOR i IN 1..15 LOOP
    IF i <= 3 THEN
      prefix := prefix * 62 + position(substr(chars, i, 1) in digits) - 1;
    ELSE
      number := number * 62 + position(substr(chars, i, 1) in digits) - 1;
    END IF;
  END LOOP;
  RETURN (prefix << 45) | LEAST(number, 35184372088831)::bigint;
END $$;

CREATE OR REPLACE FUNCTION hf_is_id(id bigint, x text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN CASE WHEN x IS NULL THEN id IS NULL ELSE COALESCE(id = hf_id_read(x), FALSE) END;

-- Whether an address may stand in a link: of the web, of mail, of telephone, or a path.
CREATE OR REPLACE FUNCTION hf_is_address(url text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN url IS NULL OR (url !~ E'[\u0001-\u001f\u007f-\u009f]'
    AND (url !~ '^[^/?#:]*:' OR lower(split_part(url, ':', 1) COLLATE "C") IN ('http', 'https', 'mailto', 'tel')));

-- A link or picture between the control characters of the language's markup.
CREATE OR REPLACE FUNCTION hf_mark(VARIADIC parts text[]) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
  RETURN chr(28) || translate(array_to_string(
    ARRAY(SELECT translate(part, chr(28) || chr(31), '') FROM unnest(parts) WITH ORDINALITY AS p(part, at) ORDER BY at),
    chr(31)), '', '') || chr(28);
