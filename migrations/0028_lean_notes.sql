-- A lease's row is written anew with each note. An index over what changes each time would get an entry for each; there are as
-- many rows as chunks at work, and whoever looks for those that ran out reads them all.
DROP INDEX send_leases_expiry;

-- It is LZ4 already: that the server tries to compress it once more was half the price of writing it.
{stored_as_it_is packed_snapshots.packed};

-- contents: [[first_seq, last_seq, content_no, choice], …] from here on, a stretch of messages with one content; those of older
-- nodes, [[seq, content_no, choice], …], are understood
