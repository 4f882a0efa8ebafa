export { newSigner } from './client/signer';
export { findRefusal } from './client/refused';
export { readCsv } from './importer/csv';
export { ImportError } from './importer/import-error';
