module.exports = require('./temporary-folder.cjs').makeTemporaryFolder;
