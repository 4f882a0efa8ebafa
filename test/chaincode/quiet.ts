/** Imported before the chaincode: its logger writes a line for every decorator otherwise. */
process.env['CORE_CHAINCODE_LOGGING_LEVEL'] = 'critical';
