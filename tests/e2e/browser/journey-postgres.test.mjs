// The whole job on a team's PostgreSQL.
import { journey } from './journey/index.mjs';

journey('postgres');
