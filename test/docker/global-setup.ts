import { bringUp } from './stories-network';

module.exports = bringUp;
