import { takeAway } from './stories-network';

module.exports = takeAway;
