-- What a relay signs its mail with, and how much it carries in a day.

ALTER TABLE providers ADD COLUMN messages_per_day BIGINT;
-- Domain, selector, algorithm and the record that is published; the private key is in secrets, under dkim:<id>.
ALTER TABLE providers ADD COLUMN dkim {json};
