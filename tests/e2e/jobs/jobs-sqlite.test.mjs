import { chains } from './chains.mjs';

chains('sqlite');
