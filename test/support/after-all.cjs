module.exports = require('./temporary-folder.cjs').removeTemporaryFolder;
