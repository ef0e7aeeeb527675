import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import type { Random } from '../ports/random.ts';

/** What its owner sends: 256 random bits, behind a mark by which a scanner for leaked secrets knows it. */
export const newTokenSecret = (random: Random): string => `ares_${random.id()}${random.id()}`;

/** What is kept of it. A plain SHA-256 is enough: nobody guesses 256 random bits. */
export const hashToken = (secret: string): string => bytesToHex(sha256(utf8ToBytes(secret)));
