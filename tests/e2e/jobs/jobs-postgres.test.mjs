import { chains } from './chains.mjs';

chains('postgres');
