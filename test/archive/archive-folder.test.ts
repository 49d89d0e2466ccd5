import { folderOfArchive } from '../../src/archive/archive-folder';

it.each([
  [['daily.all/chain/1', 'keys/a.pem'], ''],
  [['copy/daily.all/chain/1', 'copy/keys/a.pem'], 'copy/'],
  [['archive/daily.all/chain/1', 'index.html'], 'archive/'],
  [['archive/daily.all/chain/1', 'index.html', '.DS_Store'], 'archive/'],
  [['pack/archive/daily.all/chain/1', 'pack/index.html'], 'pack/archive/'],
  // An archive’s own folders are none around it.
  [['daily.all/chain/1'], ''],
  [['keys/a.pem'], ''],
  // What lies beside a folder could be an archive, too, and must not be passed over.
  [['archive/daily.all/chain/1', 'index.html', 'weekly.all/chain/1'], ''],
  [['archive/daily.all/chain/1', 'index.html', 'note.txt'], ''],
  [['copy/daily.all/chain/1', 'index.html'], ''],
  [['archive/daily.all/chain/1', 'index.html/daily.all/chain/1'], ''],
  [['index.html'], ''],
  [[], ''],
])('of %j is %j', (paths, folder) => {
  expect(folderOfArchive(paths)).toBe(folder);
});
