// The whole job on the embedded database.
import { journey } from './journey/index.mjs';

journey('sqlite');
